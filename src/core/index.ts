/** `lockport/core`: the nouns and interfaces that every room shares. */
import { requireRuntime } from './runtime.ts';

export { type Ability, provides } from './abilities.ts';
export {
  type Account,
  type AccountGroup,
  type AccountMount,
  type AccountSettings,
  type CertificateUse,
  type EffectiveAccount,
  type EffectiveRights,
  type EndOfStream,
  effectiveAccount,
  effectiveRights,
  FieldError,
  type FieldKind,
  type FieldKindName,
  type FieldValues,
  fieldValue,
  type GroupSettings,
  initialSettings,
  isMailAddress,
  isStorageName,
  type OwnSettings,
  PLACED_FIELDS,
  type PlacedField,
  PRESETS,
  type Preset,
  type PresetName,
  RIGHTS,
  type Right,
  type RightsRule,
  readGroupSettings,
  readOwnSettings,
  SESSION_REUSE_RULES,
  type SessionReuse,
  type ValueOrigin,
  whatIsTakenAway,
  withFieldValue,
} from './account/index.ts';
export {
  accountDocument,
  changedAccount,
  checkedAccount,
  groupDocument,
  ifReadable,
  readAccount,
  readAccountDocument,
  readGroupDocument,
} from './account-documents.ts';
export { isAccountName, isGroupName } from './account-name.ts';
export type {
  AccountChanges,
  AccountRevision,
  GroupChanges,
  NewAccount,
  StoredAccount,
  StoredAccounts,
} from './account-revision.ts';
export {
  type AccountRecord,
  type AccountStore,
  AccountStoreError,
  type AccountStoreErrorCode,
  type GroupRecord,
  type GroupStore,
  type PasswordChange,
  type SessionNotice,
  type SessionNotices,
  type SessionsKept,
} from './account-store.ts';
export {
  accountExists,
  groupExists,
  groupInUse,
  noSuchAccount,
  noSuchGroup,
} from './account-store-failures.ts';
export {
  ADMIN_ROLES,
  type Administrator,
  type AdministratorChanges,
  AdministratorError,
  type AdministratorErrorCode,
  type AdministratorPasswordChange,
  type AdministratorRecord,
  type AdministratorStore,
  type AdminRole,
  type AdminToken,
  type ChangedAdministrator,
  isAtLeast,
  noSuchAdministrator,
  requireOwner,
  tooManyTokens,
} from './administrator-store.ts';
export { background } from './background.ts';
export type { AccountState, DecidingRule } from './deciding-rule.ts';
export {
  type AdminAction,
  type Direction,
  type EventSink,
  type FileChange,
  type FileChangeKind,
  type FtpListenerMode,
  type GateDecision,
  type GateOutcome,
  type ListenerMode,
  type NewEvent,
  type OperatorAction,
  type Origin,
  type Protocol,
  type Publish,
  publisher,
  type ServerEvent,
  type SessionOrigin,
  type TransferFacts,
} from './events.ts';
export type { Combination, Files } from './files.ts';
export type { Hold, Holds } from './holds.ts';
export {
  cookieValue,
  type EncodedPage,
  isForeign,
  type PageFile,
  pageAnswer,
  safeHeaders,
  sessionCookie,
} from './http.ts';
export {
  type Authenticator,
  type Ban,
  type BanStore,
  type Credentials,
  FOREVER,
  type Gatekeeper,
  isRefusal,
  type PasswordPair,
  type Peer,
  type Policy,
  type RateLimiter,
  type Refusal,
  type Workspace,
} from './identity.ts';
export { type KeyOptions, refusalByOptions } from './key-options.ts';
export { entryOfSource, isLendingSink, isLendingSource, type LendingSink, type LendingSource } from './lending.ts';
export { LIMITS, type LimitName, type LimitRow, type Limits, limit, limitsWith, overDefaults } from './limits.ts';
export {
  addressGroups,
  canonicalNetwork,
  hostPort,
  isInNetwork,
  isIpv4Mapped,
  isNetwork,
  networkBits,
  networkKey,
  networkOf,
} from './network.ts';
export { OpenTransfer, type OpenTransferParts } from './open-transfer.ts';
export type { Passkey, PasskeyStore } from './passkey-store.ts';
export {
  baseName,
  isWithin,
  joinPath,
  MAX_NAME_BYTES,
  MAX_PATH_BYTES,
  namesEntry,
  namesOf,
  parentOf,
  ROOT,
  rebase,
  resolvePath,
  type VirtualPath,
} from './path.ts';
export { escapeInJson, printable } from './printable.ts';
export {
  isKeyOfLine,
  keyOfLine,
  nameOfLine,
  optionsOfLine,
  type PublicKey,
  type PublicKeyLine,
  publicKeyLine,
  readPublicKeyLine,
} from './public-key.ts';
export { readableFile } from './readable-file.ts';
export type { ReceiptIssuer, ReceiptRequest } from './receipts.ts';
export type { RecordKeeper, RecordStore } from './record-keeper.ts';
export type {
  ConnectionRefusal,
  DataRefusal,
  HandshakeFailure,
  LoginMethod,
  LoginRefusal,
} from './refusals.ts';
export { coveringRule, decideAlike, type RightsTest, rightsOf } from './rights.ts';
export { isSameEntry } from './same-entry.ts';
export { Speedometer } from './speedometer.ts';
export type { SshFacts } from './ssh.ts';
export type {
  Attributes,
  ByteRange,
  CallOptions,
  ConfineOptions,
  CopyOptions,
  DigestAlgorithm,
  Endings,
  Entry,
  ListOptions,
  OpenWriteOptions,
  ReadableFile,
  ReadOptions,
  RemoveOptions,
  RenameOptions,
  Space,
  StatOptions,
  Storage,
  StoredEntry,
  TargetOptions,
  UnlistedEntry,
  Upload,
  Usage,
  UsageOptions,
  WritableFile,
  WriteOptions,
} from './storage.ts';
export { StorageError, type StorageErrorCode } from './storage-error.ts';
export { abortedBy, changedMeanwhile, checkPosition, interrupted, notFound } from './storage-failures.ts';
export { decodeText, encodeText, hasEscapedByte } from './text.ts';
export type { ClientCertificate, ClientHello, Ending, LoginTls, TlsFacts, TlsOffer } from './tls.ts';
export type { KeptFile, KeptFileKey, Trash } from './trash.ts';
export { TrialReached } from './trial-reached.ts';
export { endingOnce } from './upload-endings.ts';
export { answerWithin, waitAtMost } from './wait-at-most.ts';
export { type FileContent, writableFile } from './writable-file.ts';

requireRuntime();

export type {
  CurrentTransfer,
  RunningCommand,
  SessionInfo,
  SessionList,
  TransferCounts,
} from './session-info.ts';
export { type Expiry, type Trouble, WATCHED_EVENTS } from './watched-event.ts';
