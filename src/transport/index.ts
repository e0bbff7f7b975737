/** Sockets: the control connection and data connections, with TLS on both. */
export { activeEndpoint, activeTargetRefusal } from './active-endpoint.ts';
export type { ConnectionTls } from './connection-tls.ts';
export {
  type ChannelEnd,
  ChannelError,
  type ChannelErrorCode,
  type ChannelListener,
  ControlChannel,
} from './control-channel.ts';
export type { DataConnection, TransferOptions } from './data-connection.ts';
export type { DataEndpoint, OpenOptions } from './data-endpoint.ts';
export { DataError, type DataErrorCode } from './data-error.ts';
export { createPace } from './pace.ts';
export { PassivePorts, type PassivePortsOptions } from './passive-ports.ts';
export { createTlsIdentity, type TlsIdentity } from './tls-identity.ts';
export {
  type CertificateSource,
  type ClientCertificateAsk,
  type TlsProfile,
  type TlsSettings,
  TlsSettingsError,
  type TlsSettingsErrorCode,
} from './tls-settings.ts';
