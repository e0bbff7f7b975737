import type { Pool } from './connection/pool.ts';
import { ftpPool } from './ftp/ftp-session.ts';
import type { ClientSettings } from './settings.ts';
import { sftpPool } from './sftp/sftp-pool.ts';

/** The connections of a client, in the protocol that its settings name. */
export function poolFor(settings: ClientSettings): Pool {
  return settings.security === 'ssh' ? sftpPool(settings) : ftpPool(settings);
}
