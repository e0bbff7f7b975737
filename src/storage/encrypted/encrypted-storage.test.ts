import { randomBytes } from 'node:crypto';
import type { Storage } from '../../core/index.ts';
import { type StorageContractOptions, storageContract } from '../../testing/storage-contract.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { memoryStorage } from '../memory/memory-storage.ts';
import { encryptedStorage } from './encrypted-storage.ts';

const LONG = 'a name of 255 bytes leaves no room for what encrypts it';
const LONGEST_NAMES = {
  'a name may have 255 bytes': LONG,
  'a name may have 255 bytes of UTF-8': LONG,
  'an interrupted upload may have the longest name': LONG,
  'the longest path can be used': LONG,
};
const drops = { copy: 'a copy gets a key of its own: files are copied by reading and writing' };

const KINDS: { readonly [what: string]: { readonly namesKey?: Buffer; readonly options: StorageContractOptions } } = {
  'plain names': { options: { drops } },
  'encrypted names': { namesKey: randomBytes(32), options: { drops, exceptions: LONGEST_NAMES } },
};

for (const [what, { namesKey, options }] of Object.entries(KINDS)) {
  const encrypted = (stored: Storage) => encryptedStorage(stored, { keys: [randomBytes(32)], namesKey });
  storageContract(
    `files encrypted in memory, with ${what}`,
    async () => {
      const wraps = memoryStorage();
      return { storage: encrypted(wraps), wraps, async [Symbol.asyncDispose]() {} };
    },
    options,
  );
  storageContract(
    `files encrypted in a local directory, with ${what}`,
    async () => {
      const local = await temporaryStorage({ durability: 'fast' });
      return {
        storage: encrypted(local.storage),
        wraps: local.storage,
        [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
      };
    },
    options,
  );
}
