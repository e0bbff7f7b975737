import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerProcess } from '../../../test/interop/servers/foreign-server.ts';

/** A server of SFTP, and the key by which its account signs in. */
export interface SftpServer extends AsyncDisposable {
  /** Its port is that of SFTP. */
  readonly server: ServerProcess;
  readonly keyFile: string;
}

/** Who is measured over SFTP. */
export interface SftpContestant {
  readonly name: string;
  readonly isOurs: boolean;
  /** @param sessions at once @throws where this machine has no such server */
  readonly start: (sessions: number) => Promise<SftpServer>;
}

/** Starts a server with a new key for its account. */
export async function withKey(start: (publicKey: string) => Promise<ServerProcess>): Promise<SftpServer> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-key-'));
  const keyFile = join(directory, 'key');
  await using ends = new AsyncDisposableStack();
  ends.defer(() => rm(directory, { recursive: true }));
  makeKey(keyFile);
  await chmod(keyFile, 0o600);
  const server = ends.use(await start((await readFile(`${keyFile}.pub`, 'utf8')).trim()));
  const started = ends.move();
  return { server, keyFile, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** An Ed25519 key without a passphrase, and its public half in `FILE.pub`. */
export function makeKey(file: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', file]);
}
