import { Buffer } from 'node:buffer';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { connect } from '../../../src/client/index.ts';
import { PASSWORDS } from '../../../src/testing/index.ts';
import type { HotPath } from '../hot-path.ts';
import { startPeer } from '../peers/peer.ts';
import type { ServerPeerFacts } from '../peers/server-peer.ts';

const user = 'alice';
const password = PASSWORDS[user] ?? '';
const files = 60;

/** The client's side of a session that is signed in. */
export const CLIENTS: readonly HotPath[] = [
  {
    name: 'client: download of a file of 4 KiB',
    unit: 'file',
    units: files,
    // A reply that is there already is not waited for.
    spread: 0.05,
    async prepare() {
      await using stack = new AsyncDisposableStack();
      const root = await mkdtemp(join(tmpdir(), 'lockport-hot-paths-'));
      stack.defer(() => rm(root, { recursive: true, force: true }));
      await writeFile(join(root, 'file'), Buffer.alloc(4096));
      const peer = stack.use(await startPeer(new URL('../peers/server-peer.ts', import.meta.url), root));
      stack.defer(() => peer.go());
      const { port, certificate } = peer.facts as ServerPeerFacts;
      const client = stack.use(await connect({ host: 'localhost', port, user, password, tls: { ca: certificate } }));
      const owned = stack.move();
      return {
        async run() {
          for (let count = 0; count < files; count += 1) {
            await client.download('file', new Writable({ write: (_chunk, _encoding, done) => done() }));
          }
        },
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  },
];
