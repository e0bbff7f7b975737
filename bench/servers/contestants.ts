import type { ForeignServerOptions, ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { startProftpd } from '../../test/interop/servers/proftpd.ts';
import { startPureFtpd } from '../../test/interop/servers/pure-ftpd.ts';
import { startVsftpd } from '../../test/interop/servers/vsftpd.ts';
import { startLockport } from './lockport.ts';

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

export const rivals: readonly Contestant[] = [
  { name: 'vsftpd', isOurs: false, start: startVsftpd },
  { name: 'proftpd', isOurs: false, start: startProftpd },
  { name: 'pure-ftpd', isOurs: false, start: startPureFtpd },
];
