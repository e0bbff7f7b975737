export { BackupError } from './backup-error.ts';
export type { BackupKey, BackupLock } from './encryption.ts';
export { makeBackup } from './make-backup.ts';
export { restoreBackup } from './restore-backup.ts';
export { type BackupStream, streamBackup } from './stream-backup.ts';
