/** `lockport/client`: an FTPS client that queues, retries, verifies and never takes a cut file for a whole one. */
export { Client, connect, type ReadRange } from './client.ts';
export { type ExamineOptions, examine } from './doctor/examine.ts';
export type { Finding, Verdict } from './doctor/finding.ts';
export type { RemoteEntry } from './entry.ts';
export { ClientError, type ClientErrorCode, type ClientErrorFacts, type ClientPhase } from './errors.ts';
export type { KnownServers } from './known-servers.ts';
export { fileOfKnownServers } from './known-servers-file.ts';
export { CLIENT_LIMITS, type ClientLimitName, type ClientLimits } from './limits.ts';
export type { ClientLog, ClientLogEntry } from './log.ts';
export type { CallOptions, ConnectOptions, RetryPolicy, Security, TlsOptions } from './options.ts';
export { asStorage } from './remote-storage.ts';
export type { ServerFacts } from './server-facts.ts';
export { type SyncPlan, type SyncStep, sync } from './sync/index.ts';
export { parseTarget, type Target } from './target.ts';
export type {
  DownloadOptions,
  Progress,
  Sink,
  Source,
  TransferOptions,
  TransferResult,
  UploadOptions,
} from './transfer.ts';
export type { WalkOptions } from './walk.ts';
