import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PASSWORDS, startTestServer } from '../../../src/testing/index.ts';
import type { HotPath } from '../hot-path.ts';
import { startPeer } from '../peers/peer.ts';
import type { SessionPeerOptions } from '../peers/session-peer.ts';

/** The command comes right behind the data connection, however busy the machine is. */
const HOUR_MS = 3_600_000;

const user = 'alice';
const password = PASSWORDS[user] ?? '';

/** A signed-in session of the server, everything between socket and disk. */
export const SESSIONS: readonly HotPath[] = [
  session('session: a command and its reply', { command: 'PWD', times: 300 }),
  session('session: RETR of a file of 4 KiB', { command: 'RETR file', moves: 'download', times: 60 }),
  session('session: STOR of a file of 4 KiB', { command: 'STOR stored', moves: 'upload', times: 60 }),
];

function session(name: string, work: Pick<SessionPeerOptions, 'command' | 'moves' | 'times'>): HotPath {
  return {
    name,
    unit: work.moves ? 'file' : 'command',
    units: work.times,
    async prepare() {
      await using stack = new AsyncDisposableStack();
      const {
        root,
        explicitPort: port,
        certificate,
      } = stack.use(await startTestServer({ limits: { earlyHandshakeMs: HOUR_MS } }));
      await writeFile(join(root, 'file'), Buffer.alloc(4096));
      const options: SessionPeerOptions = { port, certificate, user, password, ...work };
      const peer = stack.use(await startPeer(new URL('../peers/session-peer.ts', import.meta.url), options));
      const owned = stack.move();
      return {
        run: () => peer.go(),
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}
