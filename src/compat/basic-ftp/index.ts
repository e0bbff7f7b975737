/**
 * `lockport/compat/basic-ftp`: the public surface of basic-ftp 6, to move to Lockport by one changed import.
 *
 * Clear text: as with basic-ftp, `access` without `secure` uses **no TLS**; passwords and files can be read on the way.
 * `lockport/client`, the native client, needs an explicit permission for that.
 *
 * What differs from basic-ftp, to the better:
 * - calls that are made while another one runs wait for it; they do not close the client
 * - a download or listing whose data stream was cut fails, whatever the server says of it
 * - data connections resume the TLS session of the control connection and must show the same certificate
 * - the name of the server is sent in TLS (SNI), and a handshake is bounded by the timeout
 * - nothing that came in the clear before TLS is taken for something that came in it
 * - errors of streams, files and data connections reject the call; the client stays open where the server keeps in step
 * - a stream whose download failed is destroyed; it does not end as if all were there
 * - names from a server are checked before something is written or removed by them; trees of directories are bounded
 * - replies, lines and listings are bounded, and reading them takes linear time
 * - CR, LF and NUL are refused in every command, and names that are not UTF-8 keep their bytes
 * - `pwd` undoes doubled quotes, `features` gives all parameters, `lastMod` fails on what is no time
 *
 * See docs/migrating-from-basic-ftp.md.
 */
export { Client } from './client.ts';
export type { StringEncoding } from './encoding.ts';
export { FileInfo, FileType, type UnixPermissions } from './file-info.ts';
export { FTPContext } from './ftp-context.ts';
export { FTPError, type FTPResponse } from './ftp-error.ts';
export type { UploadOptions } from './local-file.ts';
export type { AccessOptions, ClientOptions, RawListParser, TransferStrategy } from './options.ts';
export { parseList } from './parse-list.ts';
export { enterPassiveModeIPv4, enterPassiveModeIPv6 } from './passive-mode.ts';
export type { ProgressHandler, ProgressInfo, ProgressType } from './progress-tracker.ts';
export type { ResponseHandler, TaskResolver } from './task.ts';
