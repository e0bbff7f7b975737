/** The SFTP front-end: sessions over SSH, and nothing of accounts or disks. */

export { MissingSshError, SSH_PROFILES, type SshProfile } from '../transport/index.ts';
export type { SftpOptions, SftpSurroundings } from './options.ts';
export { SftpHost } from './sftp-host.ts';
export {
  HOST_KEY_KINDS,
  type HostKeyIdentity,
  type HostKeyKind,
  identifyHostKey,
  makeHostKey,
} from './ssh/host-key.ts';
export { loadTransport } from './ssh/load-transport.ts';
