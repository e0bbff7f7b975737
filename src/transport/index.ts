/** Sockets: the control connection and data connections, with TLS on both. */
export { activeEndpoint, activeTargetRefusal } from './active-endpoint.ts';
export type { ConnectionTls } from './connection-tls.ts';
export { ControlChannel } from './control-channel.ts';
export type { DataConnection } from './data-connection.ts';
export type { DataEndpoint } from './data-endpoint.ts';
export { DataError, type DataErrorCode } from './data-error.ts';
export { createPace } from './pace.ts';
export { PassivePorts } from './passive-ports.ts';
export { createTlsIdentity, type TlsIdentity } from './tls-identity.ts';
export {
  type CertificateSource,
  type ClientCertificateAsk,
  type TlsProfile,
  type TlsSettings,
  TlsSettingsError,
  type TlsSettingsErrorCode,
} from './tls-settings.ts';
