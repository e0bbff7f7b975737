/** `lockport/storage`: places to keep files. */
export { type EncryptedStorageOptions, encryptedStorage } from './encrypted/encrypted-storage.ts';
export { type RewrappedFile, rewrapKeys } from './encrypted/rewrap-keys.ts';
export { type LocalStorage, type LocalStorageOptions, localStorage } from './local/local-storage.ts';
export { LOCK_NAME, PROCESS_MARK } from './local/names.ts';
export type { SweepOptions, SweepResult } from './local/sweep.ts';
export { type MemoryStorageOptions, memoryStorage } from './memory/memory-storage.ts';
export type { S3Ability } from './s3/check.ts';
export { type S3Storage, type S3SweepResult, s3Storage } from './s3/s3-storage.ts';
export type { S3Encryption, S3StorageOptions } from './s3/settings.ts';
