import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerProcess } from '../../../test/interop/servers/foreign-server.ts';
import { makePlace } from '../../../test/interop/servers/place.ts';
import { startLockport } from '../lockport.ts';
import { startOpenSsh } from './openssh.ts';
import { makeKey, type SftpContestant, withKey } from './sftp-server.ts';

const bareProgram = fileURLToPath(new URL('bare-ssh2-program.ts', import.meta.url));

/** As it comes: uploads are on the medium before they are answered. */
export const lockportSftp: SftpContestant = {
  name: 'Lockport',
  isOurs: true,
  start: (sessions) => withKey((publicKey) => startLockport({ sessions, publicKey })),
};

/** Uploads are left to the system, as OpenSSH does it. */
export const lockportSftpFast: SftpContestant = {
  name: 'Lockport (fast)',
  isOurs: true,
  start: (sessions) => withKey((publicKey) => startLockport({ sessions, publicKey, durability: 'fast' })),
};

export const openSsh: SftpContestant = {
  name: 'OpenSSH',
  isOurs: false,
  start: (sessions) => withKey((publicKey) => startOpenSsh(publicKey, sessions)),
};

/** What our transport can do at best. */
export const bareSsh2: SftpContestant = {
  name: 'ssh2 alone',
  isOurs: false,
  start: () => withKey(startBareSsh2),
};

async function startBareSsh2(): Promise<ServerProcess> {
  const place = await makePlace(process.execPath, {});
  const hostKey = join(dirname(place.root), 'host_key');
  makeKey(hostKey);
  return place.start([place.program, bareProgram, String(place.port), place.root, hostKey], {
    name: 'ssh2 alone',
    directory: '/',
    user: 'anybody',
    password: '',
    versionArguments: ['-p', 'require("ssh2/package.json").version'],
  });
}
