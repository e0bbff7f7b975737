/** The SFTP front-end: sessions over SSH, and nothing of accounts or disks. */

export type { SftpOptions, SftpSurroundings } from './options.ts';
export { SftpHost } from './sftp-host.ts';
export { SSH_PROFILES, type SshProfile } from './ssh/algorithms.ts';
export {
  HOST_KEY_KINDS,
  type HostKeyIdentity,
  type HostKeyKind,
  identifyHostKey,
  makeHostKey,
} from './ssh/host-key.ts';
export { loadTransport } from './ssh/load-transport.ts';
export { MissingSshError } from './ssh/ssh2/module.ts';
