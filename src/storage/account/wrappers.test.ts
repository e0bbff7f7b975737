import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RIGHTS, ROOT, resolvePath, type Storage, StorageError } from '../../core/index.ts';
import { account } from '../../identity/index.ts';
import { storageContract } from '../../testing/storage-contract.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { memoryStorage } from '../memory/memory-storage.ts';
import { accountView } from './account-view.ts';
import { confined } from './confined.ts';
import { QuotaBooks } from './quota-books.ts';
import { withQuota } from './with-quota.ts';
import { withRights } from './with-rights.ts';

const HOME = resolvePath(ROOT, '/home');
const RULES = [{ path: ROOT, rights: RIGHTS }];
/** More than any medium here holds. */
const QUOTA = { bytes: 2 ** 52, files: 1e6 };

type Wrap = (storage: Storage) => Storage;

const WRAPPERS: { readonly [what: string]: Wrap } = {
  'all rights': (storage) => withRights(storage, RULES),
  'a quota': (storage) => withQuota(storage, new QuotaBooks(storage).of({ name: 'someone', home: ROOT }), QUOTA),
};

const HOMES: { readonly [what: string]: Wrap } = {
  'a home directory': (storage) => confined(storage, HOME),
  'a home directory in a storage without links': (storage) => confined(withoutLinks(storage), HOME),
  "an account's view": (storage) => accountView(storage, account('someone', { home: HOME, quota: QUOTA })),
};

for (const [what, wrap] of Object.entries(WRAPPERS)) {
  storageContract(`${what}, in memory`, async () => ({
    storage: wrap(memoryStorage()),
    async [Symbol.asyncDispose]() {},
  }));
}

for (const [what, wrap] of Object.entries(HOMES)) {
  storageContract(`${what}, in memory`, async () => {
    const storage = memoryStorage();
    await storage.makeDirectory(HOME);
    return { storage: wrap(storage), async [Symbol.asyncDispose]() {} };
  });
}

storageContract("an account's view of a local directory", async () => {
  const temporary = await temporaryStorage();
  await temporary.storage.makeDirectory(HOME);
  const someone = account('someone', { home: HOME, quota: QUOTA });
  return {
    storage: accountView(temporary.storage, someone, new QuotaBooks(temporary.storage)),
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
});

test('a storage with links that cannot confine itself gives nobody a home', () => {
  assert.throws(
    () => confined(withRights(memoryStorage(), RULES), HOME),
    (error) => error instanceof StorageError && error.code === 'unsupported',
  );
});

function withoutLinks(storage: Storage): Storage {
  const methods = Object.entries(
    withQuota(storage, new QuotaBooks(storage).of({ name: 'someone', home: ROOT }), {}),
  ).filter(([name]) => name !== 'makeLink');
  return Object.fromEntries(methods) as unknown as Storage;
}
