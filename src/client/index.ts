/** `lockport/client`: an FTPS and SFTP client that queues, retries, verifies and never takes a cut file for a whole one. */
export type { CallOptions } from '../core/index.ts';
export { Client, connect } from './client.ts';
export type { KnownServers } from './connection/known-servers.ts';
export { fileOfKnownServers, type KnownServersFile, type RememberedServer } from './connection/known-servers-file.ts';
export type { ServerFacts } from './connection/server-facts.ts';
export type { SshServerFacts } from './connection/ssh-server-facts.ts';
export { type ExamineOptions, examine } from './doctor/examine.ts';
export type { Finding, Verdict } from './doctor/finding.ts';
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorFacts,
  type ClientPhase,
  type ClientStatus,
} from './errors.ts';
export { CLIENT_LIMITS, type ClientLimitName, type ClientLimits } from './limits.ts';
export type { RemoteListOptions } from './listing/directory-entries.ts';
export type { RemoteEntry } from './listing/entry.ts';
export { IncompleteListing, type IncompleteReason } from './listing/incomplete-listing.ts';
export type { WalkOptions } from './listing/walk.ts';
export type { ClientLog, ClientLogEntry } from './log.ts';
export type {
  ConnectOptions,
  ReadRange,
  RetryPolicy,
  Security,
  SshKey,
  SshOptions,
  SshQuestion,
  TlsOptions,
} from './options.ts';
export { ListingCache, type ListingCacheOptions } from './remote-storage/listing-cache.ts';
export { RemoteServer, type RemoteServerOptions } from './remote-storage/remote-server.ts';
export { asStorage } from './remote-storage/remote-storage.ts';
export type { ServerHealthOptions } from './remote-storage/server-health.ts';
export { HostKeyError, type HostKeyRefusal } from './sftp/host-key.ts';
export type { HostKey, KnownHost, KnownHosts } from './sftp/known-hosts.ts';
export { type KnownHostsFiles, knownHostsFiles } from './sftp/known-hosts-file.ts';
export {
  isMaxDelete,
  type MaxDelete,
  type SyncAct,
  type SyncCompare,
  type SyncEntryStep,
  type SyncOutcome,
  type SyncPlan,
  type SyncProgress,
  type SyncReason,
  type SyncStep,
  type SyncSummary,
  type SyncTotals,
  sync,
  TooManyDeletions,
} from './sync/index.ts';
export { parseTarget, type Target } from './target.ts';
export type {
  DownloadOptions,
  Progress,
  Sink,
  Source,
  TransferOptions,
  TransferResult,
  TransferWarning,
  UploadOptions,
} from './transfer/transfer-options.ts';
