import { basicFtp } from './basic-ftp.ts';
import type { FtpClient } from './client.ts';
import { curl } from './curl.ts';
import type { InstalledLockport } from './installed-lockport.ts';
import { lftp } from './lftp.ts';
import { lockportCommand } from './lockport-command.ts';
import { lockportLibrary } from './lockport-library.ts';
import { rclone } from './rclone.ts';

/** All clients that are compared. */
export function clients(lockport: InstalledLockport): readonly FtpClient[] {
  return [lockportCommand(lockport), lockportLibrary(lockport), lftp, curl, basicFtp, rclone];
}
