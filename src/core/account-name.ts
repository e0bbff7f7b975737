import { encodeText } from './text.ts';

/** The longest name of an account, in bytes. */
const MAX_ACCOUNT_NAME_BYTES = 128;

/**
 * Whether an account can have this name: 1 to 128 bytes of UTF-8; no control or format character and no line separator
 * (they forge log lines), no `:` and `/` and not `.` or `..` (names become parts of files and paths), no outer blanks.
 */
export function isAccountName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name !== name.trim()) return false;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}:/]/u.test(name)) return false;
  return encodeText(name).length <= MAX_ACCOUNT_NAME_BYTES;
}

/** Whether a group of accounts can have this name: as an account, but not `none`, by which flags take groups away. */
export function isGroupName(name: string): boolean {
  return isAccountName(name) && name !== 'none';
}
