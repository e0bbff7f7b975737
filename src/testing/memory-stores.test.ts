import { accountStoreContract } from './account-store-contract.ts';
import { administratorStoreContract } from './administrator-store-contract.ts';
import { banStoreContract } from './ban-store-contract.ts';
import { groupStoreContract } from './group-store-contract.ts';
import { memoryAdministrators } from './memory-administrators.ts';
import { memoryAccounts, memoryBans } from './memory-stores.ts';

async function made() {
  return {
    accounts: memoryAccounts(),
    bans: memoryBans(),
    administrators: memoryAdministrators(),
    async [Symbol.asyncDispose]() {},
  };
}

accountStoreContract('memory', made);
groupStoreContract('memory', made);
banStoreContract('memory', made);
administratorStoreContract('memory', made);
