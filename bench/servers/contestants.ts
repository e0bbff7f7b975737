import type { ForeignServerOptions, ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { startProftpd } from '../../test/interop/servers/proftpd.ts';
import { startPureFtpd } from '../../test/interop/servers/pure-ftpd.ts';
import { startVsftpd, startVsftpdWithAccount } from '../../test/interop/servers/vsftpd.ts';
import { startFtpSrv } from './ftp-srv.ts';
import { startLockport } from './lockport.ts';
import { startPyftpdlib } from './pyftpdlib.ts';

/** A server with its setting, as it is named in the report. */
export interface Contestant {
  readonly name: string;
  readonly isOurs: boolean;
  start(options: ForeignServerOptions): Promise<ServerProcess>;
}

/** As it comes: uploads are on the medium before they are answered. */
export const lockport: Contestant = { name: 'Lockport', isOurs: true, start: startLockport };

/** Uploads are left to the system, as all rivals do it. */
export const lockportFast: Contestant = {
  name: 'Lockport (fast)',
  isOurs: true,
  start: (options) => startLockport({ ...options, durability: 'fast' }),
};

/** With both cores of a small machine, as rivals have it that make a process for each session. */
export const lockportWorkers: Contestant = {
  name: 'Lockport (fast, 2 workers)',
  isOurs: true,
  start: (options) => startLockport({ ...options, durability: 'fast', workers: 2 }),
};

/** Without the memory of passwords that were right: each login is like an account's first one. */
export const lockportHashing: Contestant = {
  name: 'Lockport (first logins)',
  isOurs: true,
  start: (options) => startLockport({ ...options, remembersPasswords: false }),
};

/** With one process a session, for the anonymous account alone. */
const vsftpd: Contestant = { name: 'vsftpd', isOurs: false, start: startVsftpd };

/** With the processes that keep a session of an account apart from the rights of root. */
export const vsftpdWithAccount: Contestant = {
  name: 'vsftpd (system account)',
  isOurs: false,
  start: startVsftpdWithAccount,
};

const proftpd: Contestant = { name: 'proftpd', isOurs: false, start: startProftpd };
const pureFtpd: Contestant = { name: 'pure-ftpd', isOurs: false, start: startPureFtpd };

/** Those that take a password as crypt(3) hashes it. */
export const hashingRivals: readonly Contestant[] = [vsftpdWithAccount, proftpd, pureFtpd];

/** Where each further rival would take minutes. */
export const daemons: readonly Contestant[] = [vsftpd, proftpd, pureFtpd];

export const rivals: readonly Contestant[] = [
  ...daemons,
  { name: 'pyftpdlib', isOurs: false, start: startPyftpdlib },
  { name: 'ftp-srv', isOurs: false, start: startFtpSrv },
];
