import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeyPair, startTestSftp, type TestSftp, type TestSftpOptions } from '../../../src/testing/running-sftp.ts';

/** A server, and what clients from elsewhere need to sign in to it as alice. */
export interface SftpSetting extends AsyncDisposable {
  readonly server: TestSftp;
  /** A directory for the client's files. */
  readonly local: string;
  /** A file with alice's private key. */
  readonly keyFile: string;
  /** What OpenSSH is told by `-o`: to know the server, and to use that key alone. */
  readonly sshOptions: readonly string[];
}

export async function startSftpSetting(options: TestSftpOptions = {}): Promise<SftpSetting> {
  const local = await mkdtemp(join(tmpdir(), 'lockport-sftp-client-'));
  const [keyFile, knownHosts] = [join(local, 'key'), join(local, 'known_hosts')];
  const { privateKey, line } = await makeKeyPair();
  const server = await startTestSftp({ ...options, account: { ...options.account, authorizedKeys: [line] } });
  await writeFile(keyFile, privateKey, { mode: 0o600 });
  const known = server.hostKeys.map(({ publicKey }) => `[127.0.0.1]:${server.port} ${publicKey}\n`);
  await writeFile(knownHosts, known.join(''));
  return {
    server,
    local,
    keyFile,
    sshOptions: [
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${knownHosts}`,
      `IdentityFile=${keyFile}`,
      'IdentitiesOnly=yes',
      'BatchMode=yes',
    ],
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(local, { recursive: true });
    },
  };
}

/** Files of many kinds of lengths and places, with few bytes. */
export const TREE: { readonly [path: string]: number } = {
  empty: 0,
  byte: 1,
  some: 200_000,
  'deep/er/with space': 70_000,
  'deep/grüße': 10,
  ...Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`thirty/${index % 3}/${index}`, index * 1009])),
};
