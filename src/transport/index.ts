/** Sockets: the control connection and data connections of both sides, with TLS on both. */

export { peerOf } from './addresses.ts';
export { ChannelError, type ChannelErrorCode } from './channel-error.ts';
export { connectTo } from './connect-to.ts';
export { ClientChannel } from './control/client-channel.ts';
export { ControlChannel } from './control/control-channel.ts';
export { activeTargetRefusal } from './data/active-target.ts';
export { connectingEndpoint } from './data/connecting-endpoint.ts';
export type { DataConnection } from './data/data-connection.ts';
export type { DataEndpoint, DataProtection } from './data/data-endpoint.ts';
export { DataPorts } from './data/data-ports.ts';
export { createRateLimiter } from './data/rate-limiter.ts';
export { DataError, type DataErrorCode } from './data-error.ts';
export { type Dial, directDial } from './dial.ts';
export {
  ALGORITHMS,
  SSH_PROFILES,
  type SshAlgorithms,
  type SshProfile,
} from './ssh/algorithms.ts';
export { sshFingerprint } from './ssh/key-fingerprint.ts';
export { keepKeyObjects } from './ssh/key-objects.ts';
export {
  loadSsh2,
  MissingSshError,
  parseKey,
  type Ssh2Agent,
  type Ssh2Attempt,
  type Ssh2AuthMethod,
  type Ssh2Channel,
  type Ssh2Client,
  type Ssh2Connection,
  type Ssh2Key,
  type Ssh2Module,
  type Ssh2Session,
} from './ssh/ssh2-module.ts';
export { parseChain } from './tls/certificate.ts';
export { ClientTls, type ClientTlsSettings } from './tls/client-tls.ts';
export type { ConnectionTls } from './tls/connection-tls.ts';
export { compareCertificate } from './tls/data-certificate.ts';
export type { DataTls, OtherSessions } from './tls/data-tls.ts';
export { EndDetection } from './tls/end-detector.ts';
export { pinOf, type ServerCertificate } from './tls/server-certificate.ts';
export type { IdentifiedSession } from './tls/session-tickets.ts';
export { TicketKeys } from './tls/ticket-keys.ts';
export { tlsFacts } from './tls/tls-facts.ts';
export { completeHandshake } from './tls/tls-handshake.ts';
export { createTlsIdentity, type TlsIdentity } from './tls/tls-identity.ts';
export {
  acceptedBy,
  acceptedVersions,
  type CertificateSource,
  type ClientCertificateAsk,
  TLS_PROFILES,
  type TlsProfile,
  type TlsSettings,
  TlsSettingsError,
  type TlsSettingsErrorCode,
  type TlsVersion,
  type TlsVersions,
  versionsRefusal,
} from './tls/tls-settings.ts';
export type { KnownServer } from './tls/trust.ts';
export { TrustError } from './tls/trust-error.ts';
export { createWebTls, type WebTls } from './tls/web-tls.ts';
