/** `lockport/server`: the FTPS server as a library. */

export {
  acceptedVersions,
  type CertificateSource,
  type ClientCertificateAsk,
  createRateLimiter,
  TicketKeys,
  type TlsProfile,
  type TlsSettings,
  TlsSettingsError,
  type TlsSettingsErrorCode,
  type TlsVersion,
  type TlsVersions,
} from '../transport/index.ts';
export {
  Acceptor,
  type AcceptorParts,
  type AcceptorRules,
  type Connection,
  ListenError,
  type ListeningAddress,
  type ListeningPlace,
  NO_SESSIONS,
  protocolOf,
  type SessionCounts,
  type SessionEnd,
} from './acceptor.ts';
export { type ConcurrencyLimiter, KeyedLimiter, type Release } from './concurrency-limiter.ts';
export { OpenSessions, type SessionAccount, type SessionRegister } from './open-sessions.ts';
export type {
  ClearOptions,
  ListenerOptions,
  ListenerRules,
  PassiveNetwork,
  PassiveOptions,
  ReloadableOptions,
  ServerOptions,
} from './options.ts';
export { createServer, FtpServer } from './server.ts';
export { SessionHost, type SessionHostParts } from './session-host.ts';
export {
  type CommandVerdict,
  type TrialCommand,
  TrialSession,
  type TrialSessionParts,
  trialCommand,
} from './trial-session.ts';
