/** Sockets: the control connection and data connections of both sides, with TLS on both. */
export { activeTargetRefusal } from './active-target.ts';
export { type ChannelEnd, ChannelError, type ChannelErrorCode } from './channel-error.ts';
export {
  ClientChannel,
  type ClientChannelLimits,
  type ClientChannelOptions,
  type LineWait,
} from './client-channel.ts';
export { ClientTls, type ClientTlsLimits, type ClientTlsSettings, type ClientTlsVersion } from './client-tls.ts';
export { type ConnectingOptions, connectingEndpoint } from './connecting-endpoint.ts';
export type { ConnectionTls } from './connection-tls.ts';
export { ControlChannel } from './control-channel.ts';
export type { DataConnection, TransferOptions } from './data-connection.ts';
export type { DataEndpoint, DataLimits, OpenOptions } from './data-endpoint.ts';
export { DataError, type DataErrorCode } from './data-error.ts';
export { DataPorts } from './data-ports.ts';
export type { DataTls } from './data-tls.ts';
export type { Dial, DialTarget } from './dial.ts';
export { chooseEndDetector } from './end-detector.ts';
export { createPace } from './pace.ts';
export type { ServerCertificate } from './server-certificate.ts';
export { tlsFacts } from './tls-facts.ts';
export { createTlsIdentity, type TlsIdentity } from './tls-identity.ts';
export {
  type CertificateSource,
  type ClientCertificateAsk,
  type TlsProfile,
  type TlsSettings,
  TlsSettingsError,
  type TlsSettingsErrorCode,
} from './tls-settings.ts';
export type { KnownServer } from './trust.ts';
export { TrustError, type TrustErrorCode } from './trust-error.ts';
