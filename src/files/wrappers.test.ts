import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { RIGHTS, ROOT, resolvePath, type Storage, StorageError, type Upload } from '../core/index.ts';
import { account } from '../identity/index.ts';
import { encryptedStorage, memoryStorage } from '../storage/index.ts';
import { filesAsStorage } from '../testing/files-as-storage.ts';
import { type Drops, keepsAbilities } from '../testing/storage-contract/abilities.ts';
import { storageContract } from '../testing/storage-contract.ts';
import { temporaryStorage } from '../testing/temporary-storage.ts';
import { accountFiles } from './account-files.ts';
import { confined } from './confined.ts';
import { mounted } from './mounts.ts';
import type { QuotaCounter } from './quota-counter.ts';
import { QuotaCounters } from './quota-counters.ts';
import { refusingLinks } from './refusing-links.ts';
import { withQuota } from './with-quota.ts';
import { withRights } from './with-rights.ts';

const HOME = resolvePath(ROOT, '/home');
const RULES = [{ path: ROOT, rights: RIGHTS }];
/** More than any medium here holds. */
const QUOTA = { bytes: 2 ** 52, files: 1e6 };

type Wrap = (storage: Storage) => Storage;

const WRAPPERS: { readonly [what: string]: Wrap } = {
  'no links followed': refusingLinks,
  'all rights': (storage) => withRights(storage, RULES),
  'a quota': (storage) => withQuota(storage, counterOf(storage), QUOTA),
  'a quota that another process counts': (storage) => withQuota(storage, elsewhere(counterOf(storage)), QUOTA),
};

const HOMES: { readonly [what: string]: Wrap } = {
  'a home directory': (storage) => confined(storage, HOME),
  'a home directory in a storage without links': (storage) => confined(withoutLinks(storage), HOME),
  "an account's files": filesOf,
};

function filesOf(storage: Storage): Storage {
  const counters = new QuotaCounters(storage);
  const someone = account('someone', { home: HOME, quota: QUOTA });
  return filesAsStorage(
    accountFiles({ mounts: [{ at: ROOT, storage }], account: someone, counters, onChange: () => undefined }),
  );
}

const DEEPER = 'what an account sees is narrowed no further';
const HIDDEN = 'front-ends show what a path can name, and rights may hide the rest';
const OF_FILES = { confine: DEEPER, listUnlisted: HIDDEN, usage: 'a quota counts, and no front-end asks' };
const OF_LOCAL_FILES = { ...OF_FILES, trash: 'operators alone look into it', holds: 'operators alone set them' };

function counterOf(storage: Storage): QuotaCounter {
  return new QuotaCounters(storage).of({ name: 'someone', home: ROOT });
}

/** Whose answers take their time. */
function elsewhere(counter: QuotaCounter): QuotaCounter {
  return {
    ...counter,
    end: async (id, outcome) => setImmediate(await counter.end(id, outcome)),
    reserve: async (reservation, demand, signal) => setImmediate(await counter.reserve(reservation, demand, signal)),
    claimReplaced: async (reservation, entry) => setImmediate(await counter.claimReplaced(reservation, entry)),
  };
}

const DROPS: { readonly [what: string]: Drops } = {
  'all rights': { confine: DEEPER },
  'a quota': { confine: DEEPER },
  'a quota that another process counts': { confine: DEEPER },
  'no links followed': { makeLink: 'a link that was made could not be gone through' },
  "an account's files": { confine: DEEPER, usage: OF_FILES.usage },
};

for (const [what, wrap] of Object.entries(WRAPPERS)) {
  const make = async () => {
    const wraps = memoryStorage();
    return { storage: wrap(wraps), wraps, async [Symbol.asyncDispose]() {} };
  };
  storageContract(`${what}, in memory`, make, { drops: DROPS[what] ?? {} });
}

for (const [what, wrap] of Object.entries(HOMES)) {
  const make = async () => {
    const storage = memoryStorage();
    await storage.makeDirectory(HOME);
    return { storage: wrap(storage), wraps: wrapped(what, storage), async [Symbol.asyncDispose]() {} };
  };
  storageContract(`${what}, in memory`, make, { drops: DROPS[what] ?? {} });
}

function wrapped(what: string, storage: Storage): Storage {
  return what.endsWith('without links') ? withoutLinks(storage) : storage;
}

const makeFiles = async () => {
  const temporary = await temporaryStorage();
  await temporary.storage.makeDirectory(HOME);
  return {
    storage: filesOf(temporary.storage),
    wraps: temporary.storage,
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
};
storageContract("an account's files in a local directory", makeFiles, { drops: OF_LOCAL_FILES });

const makeEncrypted = async () => {
  const storage = encryptedStorage(memoryStorage(), { keys: [randomBytes(32)] });
  await storage.makeDirectory(HOME);
  return { storage: filesOf(storage), wraps: storage, async [Symbol.asyncDispose]() {} };
};
storageContract("an account's files, with a quota, over encrypted files in memory", makeEncrypted, {
  drops: { confine: DEEPER, usage: OF_FILES.usage },
});

test('a wrapper that drops an ability without a reason fails its contract, and so does a reason for nothing', () => {
  const storage = memoryStorage();
  const counter = new QuotaCounters(storage).of({ name: 'x', home: ROOT });
  const rest = Object.assign(withQuota(storage, counter, {}), { digest: undefined }) as unknown as Storage;
  assert.throws(() => keepsAbilities(rest, storage, { confine: DEEPER }), assert.AssertionError);
  keepsAbilities(rest, storage, { confine: DEEPER, digest: 'none here' });
  assert.throws(() => keepsAbilities(storage, storage, { digest: 'none here' }), assert.AssertionError);
});

for (const [what, wrap] of Object.entries({ ...WRAPPERS, ...HOMES, 'a mount': mountedTwice, 'no quota': unbounded })) {
  test(`what a storage could not tidy up behind an upload is told through ${what}`, async () => {
    const storage = memoryStorage();
    await storage.makeDirectory(HOME);
    const upload = await wrap(warning(storage)).write(resolvePath(ROOT, '/file'));
    upload.sink.write('text');
    assert.equal((await upload.commit()).warning, 'The old file is left');
  });
}

function mountedTwice(storage: Storage): Storage {
  return mounted([
    { at: ROOT, storage },
    { at: HOME, storage: memoryStorage() },
  ]);
}

function unbounded(storage: Storage): Storage {
  return withQuota(storage, new QuotaCounters(storage).of({ name: 'someone', home: ROOT }), {});
}

/** Whose commits warn. */
function warning(storage: Storage): Storage {
  return new Proxy(storage, {
    get(target, name: keyof Storage) {
      if (name === 'write')
        return async (...given: Parameters<Storage['write']>) => warned(await target.write(...given));
      const own: unknown = target[name];
      if (typeof own !== 'function') return own;
      return (...given: unknown[]): unknown => {
        const result: unknown = own.apply(target, given);
        return name === 'confine' ? warning(result as Storage) : result;
      };
    },
  });
}

function warned(upload: Upload): Upload {
  return {
    sink: upload.sink,
    replaces: () => upload.replaces(),
    commit: async () => ({ ...(await upload.commit()), warning: 'The old file is left' }),
    suspend: () => upload.suspend(),
    discard: () => upload.discard(),
  };
}

test('a storage with links that cannot confine itself gives nobody a home', () => {
  assert.throws(
    () => confined(withRights(memoryStorage(), RULES), HOME),
    (error) => error instanceof StorageError && error.code === 'unsupported',
  );
});

function withoutLinks(storage: Storage): Storage {
  const methods = Object.entries(
    withQuota(storage, new QuotaCounters(storage).of({ name: 'someone', home: ROOT }), {}),
  ).filter(([name]) => name !== 'makeLink');
  return { ...(Object.fromEntries(methods) as unknown as Storage), links: 'none' };
}
