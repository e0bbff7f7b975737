export { adminPort } from './admin-fields.ts';
export type { ClamavSettings, ConfiguredGate, GateCommandSettings } from './gate-fields.ts';
export { valueAt } from './layer.ts';
export { type ConfiguredListener, listenersOf, passiveOptions } from './listeners.ts';
export {
  type ConfigurationSources,
  type LoadedConfiguration,
  loadConfiguration,
} from './load.ts';
export {
  isLoopback,
  isMonitored,
  metricsPort,
} from './monitoring-fields.ts';
export { placesOf, refuseWeakerThanPolicy } from './policy.ts';
export { ConfigurationError, describeOrigin, type Problem } from './problem.ts';
export type { ConfiguredRemoteStorage } from './remote-fields.ts';
export type {
  CommandSettings,
  ConfiguredAction,
  ConfiguredRule,
  MailServerSettings,
  MailSettings,
  RelocationSettings,
  WebhookSettings,
} from './rule-fields.ts';
export { type ConfiguredS3Storage, partBytesOf } from './s3-fields.ts';
export type { Configuration } from './schema.ts';
export type { SecretSource } from './secret-field.ts';
export { jsonSchema, SETTINGS, type Setting } from './settings.ts';
export { isSftpEnabled } from './sftp-fields.ts';
export {
  type ConfiguredEncryptedStorage,
  type ConfiguredLocalStorage,
  directoryOf,
  type KeySource,
  localOnes,
} from './storage-fields.ts';
export type { SyslogSettings } from './syslog-fields.ts';
export { isWebEnabled } from './web-fields.ts';
export { offsetOf } from './yaml-file.ts';
