import { storageContract } from '../../testing/storage-contract.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';

for (const durability of ['durable', 'fast'] as const) {
  storageContract(`a local directory (${durability})`, () => temporaryStorage({ durability }));
}
