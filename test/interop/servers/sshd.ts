import { userInfo } from 'node:os';
import { makeKeyPair } from '../../../src/testing/running-sftp.ts';
import type { ServerProcess } from './foreign-server.ts';
import { isRoot, makePlace } from './place.ts';

/** OpenSSH's server, with its own SFTP, for whoever its files belong to. */
export interface Sshd extends ServerProcess {
  /** What signs in. */
  readonly privateKey: string;
}

/** Starts it in the foreground, as a user who may nothing else. @throws MissingProgram */
export async function startSshd(): Promise<Sshd> {
  const place = await makePlace('sshd', {});
  const { privateKey, line } = await makeKeyPair();
  const host = await makeKeyPair();
  const config = await place.file('sshd_config', [
    `Port ${place.port}`,
    `ListenAddress ${place.address}`,
    `HostKey ${await place.file('host_key', [host.privateKey.trimEnd()])}`,
    `AuthorizedKeysFile ${await place.file('authorized_keys', [line])}`,
    'PidFile none',
    // Without it an account that no password opens counts as locked; keys sign in all the same.
    'UsePAM yes',
    // Its files are below /tmp.
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `Subsystem sftp internal-sftp -d ${place.root}`,
  ]);
  const command = [...(await place.programOfOwner()), '-D', '-e', '-f', config];
  const server = await place.start(command, {
    name: 'sshd',
    directory: place.root,
    user: isRoot ? 'nobody' : userInfo().username,
    password: '',
  });
  return { ...server, privateKey };
}
