/** `lockport/server`: the FTPS server as a library. */

export {
  type CertificateSource,
  type ClientCertificateAsk,
  createPace,
  type TlsProfile,
  type TlsSettings,
  TlsSettingsError,
  type TlsSettingsErrorCode,
} from '../transport/index.ts';
export type { ListenerOptions, ReloadableOptions, ServerOptions } from './options.ts';
export { createServer, FtpServer, ListenError, type ListeningAddress } from './server.ts';
