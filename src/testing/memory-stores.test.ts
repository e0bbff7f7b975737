import { accountStoreContract } from './account-store-contract.ts';
import { banStoreContract } from './ban-store-contract.ts';
import { groupStoreContract } from './group-store-contract.ts';
import { memoryAccounts, memoryBans } from './memory-stores.ts';

async function made() {
  return { accounts: memoryAccounts(), bans: memoryBans(), async [Symbol.asyncDispose]() {} };
}

accountStoreContract('memory', made);
groupStoreContract('memory', made);
banStoreContract('memory', made);
