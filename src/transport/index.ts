/** Sockets: the control connection and data connections of both sides, with TLS on both. */
export { activeTargetRefusal } from './active-target.ts';
export { peerOf } from './addresses.ts';
export { parseChain } from './certificate.ts';
export { ChannelError, type ChannelErrorCode } from './channel-error.ts';
export { ClientChannel } from './client-channel.ts';
export { ClientTls, type ClientTlsSettings } from './client-tls.ts';
export { connectingEndpoint } from './connecting-endpoint.ts';
export type { ConnectionTls } from './connection-tls.ts';
export { ControlChannel } from './control-channel.ts';
export { compareCertificate } from './data-certificate.ts';
export type { DataConnection } from './data-connection.ts';
export type { DataEndpoint, DataProtection } from './data-endpoint.ts';
export { DataError, type DataErrorCode } from './data-error.ts';
export { DataPorts } from './data-ports.ts';
export type { DataTls, OtherSessions } from './data-tls.ts';
export { type Dial, directDial } from './dial.ts';
export { EndDetection } from './end-detector.ts';
export { createPace } from './pace.ts';
export { pinOf, type ServerCertificate } from './server-certificate.ts';
export type { IdentifiedSession } from './session-tickets.ts';
export { TicketKeys } from './ticket-keys.ts';
export { tlsFacts } from './tls-facts.ts';
export { completeHandshake } from './tls-handshake.ts';
export { createTlsIdentity, type TlsIdentity } from './tls-identity.ts';
export {
  type CertificateSource,
  type ClientCertificateAsk,
  type TlsProfile,
  type TlsSettings,
  TlsSettingsError,
  type TlsSettingsErrorCode,
  type TlsVersion,
  type TlsVersions,
  versionsRefusal,
} from './tls-settings.ts';
export type { KnownServer } from './trust.ts';
export { TrustError } from './trust-error.ts';
