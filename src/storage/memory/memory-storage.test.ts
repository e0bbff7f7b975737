import { storageContract } from '../../testing/storage-contract.ts';
import { memoryStorage } from './memory-storage.ts';

storageContract('memory', async () => ({ storage: memoryStorage(), async [Symbol.asyncDispose]() {} }));
