/** `lockport/testing`: what the tests of one's own storage, or of a server with one's own parts, need. */
export {
  type AccountStoreUnderTest,
  accountStoreContract,
} from './account-store-contract.ts';
export { type AdministratorStoreUnderTest, administratorStoreContract } from './administrator-store-contract.ts';
export { type BanStoreUnderTest, banStoreContract } from './ban-store-contract.ts';
export {
  type TestAuthority,
  type TestCertificate,
  type TestCertificateOptions,
  testAuthority,
  testCertificate,
} from './certificates.ts';
export { groupStoreContract } from './group-store-contract.ts';
export { memoryAdministrators } from './memory-administrators.ts';
export { memoryAccounts, memoryBans } from './memory-stores.ts';
export { RawClient, type RawClientOptions } from './raw-client.ts';
export { PASSWORDS, startTestServer, type TestServer, type TestServerOptions } from './running-server.ts';
export { type StorageContractOptions, type StorageUnderTest, storageContract } from './storage-contract.ts';
export { type TemporaryStorage, temporaryStorage } from './temporary-storage.ts';
export { playTranscript, TranscriptMismatch, type TranscriptTarget } from './transcript.ts';
