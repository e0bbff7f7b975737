/** The composition root: from a configuration to a server that runs. */
export { type Database, DatabaseError } from '../database/index.ts';
export {
  AuditError,
  type AuditQuery,
  type AuditRecord,
  type AuditVerdict,
  CSV_HEADER,
  checkReceipt,
  csvLine,
  EventStream,
  receiptOfRecord,
  searchAudit,
  verifyAudit,
} from '../operations/index.ts';
export {
  applyAccounts,
  readAccountsFile,
  resolvePasswords,
  storedAccounts,
  type TriedPlan,
  tryAccounts,
} from './accounts-as-code/apply.ts';
export { accountsDrift, type Drift } from './accounts-as-code/drift.ts';
export { exportAccounts } from './accounts-as-code/export.ts';
export type { FieldChange, PlannedChange } from './accounts-as-code/plan.ts';
export { checkAdministration } from './admin/index.ts';
export {
  auditDirectory,
  leaveNote,
  newestHead,
  operatorName,
  publicKeyOf,
  readPublicKey,
  recordedAccounts,
  rotateAuditKey,
} from './audit/index.ts';
export { BackupError, type BackupKey, type BackupLock, makeBackup, restoreBackup } from './backup/index.ts';
export { CertificateError } from './certificate/index.ts';
export { type CertificateInUse, checkCertificates, describeCertificates } from './certificates-in-use.ts';
export {
  type Configuration,
  ConfigurationError,
  jsonSchema,
  type LoadedConfiguration,
  listenersOf,
  loadConfiguration,
  SETTINGS,
  type Setting,
} from './configuration/index.ts';
export { ControlClient, ControlError, type ControlErrorCode } from './control/index.ts';
export { type AccountCrypto, type CryptoReport, cryptoReport } from './crypto-report.ts';
export { pathsIn } from './data-directory.ts';
export { checkMounts, openExistingDatabase } from './existing-data.ts';
export { checkExpiryMail } from './expiry-mail/expiry-mail.ts';
export type { ExplainRequest, Explanation } from './explain/explanation.ts';
export { explainOffline } from './explain/offline.ts';
export { ExplainError } from './explain/request.ts';
export { checkFileGroup } from './file-group.ts';
export type { FirstAccount } from './first-account.ts';
export { checkGates } from './gates/index.ts';
export { fitHeapToService } from './heap.ts';
export { makeHome } from './home.ts';
export { IMPORTERS, type ImportPlan, makeImport, planImport, readImportFiles } from './import/import-accounts.ts';
export { ImportError } from './import/import-error.ts';
export type { ImportFinding } from './import/imported.ts';
export { createLog, eventsLoggedAt, LISTENER_NAMES, standardOutput } from './log/index.ts';
export { checkMonitoring } from './monitoring/index.ts';
export { type NewTotp, newTotp } from './new-totp.ts';
export type {
  AnswerOf,
  EndedSession,
  ServiceStatus,
  ShownBan,
  ShownFailure,
  ShownHold,
  ShownKeptFile,
  ShownRule,
  ShownSession,
  TrashOutcome,
} from './operators/index.ts';
export {
  checkPasswordRules,
  earlierToKeep,
  type PasswordRules,
  passwordExpiry,
  withRulesInUse,
} from './password-rules.ts';
export { refuseWeaker } from './policy/accounts.ts';
export { totpDemand } from './policy/administrators.ts';
export { POLICY_NAMES, type PolicyName } from './policy/demands.ts';
export { type PolicyFinding, type PolicyReport, policyReport } from './policy/report.ts';
export { checkRunAs } from './privileges.ts';
export { recount } from './recount.ts';
export { withRootInUse } from './root-in-use.ts';
export { rotateKeys } from './rotate-keys.ts';
export { checkRules, type RuleTrial, tryRules } from './rules/index.ts';
export type { Service } from './running-service.ts';
export { checkStorage } from './s3.ts';
export { startService } from './service.ts';
export { describeHostKeys, type HostKeyInUse } from './sftp/host-keys.ts';
export { makeNextHostKeys, useNextHostKeys } from './sftp/next-host-keys.ts';
export { shownSettings } from './shown-settings.ts';
export { StartError } from './start-error.ts';
export { checkUpgrade, type UpgradeCheck } from './upgrade/check-upgrade.ts';
export { goBack } from './upgrade/way-back.ts';
