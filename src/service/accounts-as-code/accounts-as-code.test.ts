import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type AccountStore, ROOT, resolvePath } from '../../core/index.ts';
import { account, hashPassword } from '../../identity/index.ts';
import { memoryAccounts } from '../../testing/memory-stores.ts';
import { ConfigurationError } from '../configuration/index.ts';
import { parseAccountsFile } from './accounts-file.ts';
import { applyAccounts, readAccountsFile, resolvePasswords, storedAccounts, tryAccounts } from './apply.ts';
import { accountsDrift } from './drift.ts';
import { exportAccounts } from './export.ts';
import { differences, type PlanOptions } from './plan.ts';

const KEEP: PlanOptions = { prune: false, keepEarlier: 0 };
const PRUNE: PlanOptions = { prune: true, keepEarlier: 0 };

function memoryMeta() {
  const values = new Map<string, string>();
  const meta = {
    get: (key: string) => values.get(key),
    set: async (key: string, value: string) => {
      values.set(key, value);
    },
  };
  return meta as unknown as Parameters<typeof applyAccounts>[0];
}

async function filledStore(): Promise<AccountStore> {
  const store = memoryAccounts();
  await store.groups.add('partners', { home: resolvePath(ROOT, '/partners/{name}'), quota: { bytes: 1000 } });
  const { name: _, ...all } = account('anna', {
    expires: new Date('2030-12-31T18:00:00Z'),
    rights: [{ path: ROOT, rights: ['list'] }],
  });
  await store.add({ ...all, name: 'anna' }, await hashPassword('correct horse battery'));
  await store.add({ name: 'bob', groups: ['partners'], rights: [], quota: { bytes: null } }, '');
  return store;
}

async function applied(store: AccountStore, text: string, options = KEEP, meta = memoryMeta()) {
  const stored = await storedAccounts(store);
  const wanted = await resolvePasswords(
    { wanted: parseAccountsFile(text, 'a.yaml'), passwords: new Map() },
    stored,
    async () => undefined,
  );
  return applyAccounts(meta, store, wanted, options);
}

test('what is exported is stable, comes back as it is, and changes nothing', async () => {
  const store = await filledStore();
  const stored = await storedAccounts(store);
  for (const withHashes of [false, true]) {
    const text = exportAccounts(stored, withHashes);
    const { accounts, groups } = parseAccountsFile(text, 'a.yaml');
    assert.deepEqual(groups, stored.groups);
    assert.deepEqual([...accounts.keys()], [...stored.accounts.keys()]);
    for (const [name, { own }] of accounts)
      assert.deepEqual(differences(own, stored.accounts.get(name)?.own ?? {}), []);
    assert.equal(text.includes('$scrypt$'), withHashes);
    assert.match(text, /# no password\n {2}bob:/);
    const { changes } = await applied(store, text, PRUNE);
    assert.deepEqual(changes, []);
    assert.deepEqual(await storedAccounts(store), stored);
    assert.equal(exportAccounts(await storedAccounts(store), withHashes), text);
  }
});

test('a plan tells each field before and after, and what is not in the file', async () => {
  const store = await filledStore();
  const before = await storedAccounts(store);
  const text = `accounts:
  bob:
    groups: [partners]
    rights: []
    quota: { bytes: 5, files: 7 }
  carl:
    home: /carl
    rights: [{ path: /, rights: [list] }]
groups:
  others: { maxSessions: 2 }
`;
  const wanted = await resolvePasswords(
    { wanted: parseAccountsFile(text, 'a.yaml'), passwords: new Map() },
    before,
    async () => undefined,
  );
  const plan = await tryAccounts(store, wanted, KEEP);
  assert.deepEqual(
    plan.changes.map(({ of, name, action, password }) => [of, name, action, password]),
    [
      ['group', 'others', 'added', undefined],
      ['account', 'bob', 'changed', undefined],
      ['account', 'carl', 'added', 'none'],
    ],
  );
  assert.deepEqual(plan.changes[1]?.fields, [
    { field: 'quota.bytes', before: null, after: 5 },
    { field: 'quota.files', before: undefined, after: 7 },
  ]);
  assert.deepEqual(plan.unmentioned, { accounts: ['anna'], groups: ['partners'] });
  assert.deepEqual(
    plan.accounts.map(({ name, home }) => [name, home]),
    [
      ['bob', '/partners/bob'],
      ['carl', '/carl'],
    ],
  );
  assert.deepEqual(await storedAccounts(store), before);
});

test('all is made or nothing, and what the file does not have goes only where that is asked for', async () => {
  const store = await filledStore();
  const before = await storedAccounts(store);
  const broken = 'accounts:\n  carl: { home: /carl, rights: [] }\n  dora: { rights: [] }\n';
  await assert.rejects(applied(store, broken), { code: 'invalid-account' });
  await assert.rejects(applied(store, 'accounts:\n  carl: { groups: [nobody], home: /, rights: [] }\n'), {
    code: 'no-such-group',
  });
  assert.deepEqual(await storedAccounts(store), before);
  const text = 'accounts:\n  carl: { home: /carl, rights: [] }\n';
  await applied(store, text);
  assert.deepEqual([...(await store.names())].toSorted(), ['anna', 'bob', 'carl']);
  await applied(store, 'accounts:\n', PRUNE);
  assert.equal((await store.names()).length, 3);
  await applied(store, text, PRUNE);
  assert.deepEqual([await store.names(), await store.groups.names()], [['carl'], ['partners']]);
  await applied(store, 'groups: {}\n', PRUNE);
  assert.deepEqual([await store.names(), await store.groups.names()], [['carl'], []]);
});

test('a setting that the file no longer has is inherited again', async () => {
  const store = await filledStore();
  await applied(
    store,
    'accounts:\n  bob: { groups: [partners], rights: [] }\ngroups:\n  partners: { home: "/p/{name}", quota: { bytes: 9 } }\n',
  );
  const bob = await store.find('bob');
  assert.deepEqual([bob?.account.quota.bytes, bob?.account.home], [9, '/p/bob']);
});

test('passwords come from hashes or files, and one that fits already stays as it is', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-apply-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  const store = await filledStore();
  const stored = await storedAccounts(store);
  await writeFile(join(directory, 'anna'), 'correct horse battery\nnot this\n');
  await writeFile(join(directory, 'bob'), 'another long password\n');
  const file = join(directory, 'accounts.yaml');
  const text = exportAccounts(stored, false)
    .replace('  anna:\n', '  anna:\n    passwordFile: anna\n')
    .replace('  bob:\n', '  bob:\n    passwordFile: ./bob\n');
  await writeFile(file, text);
  const read = await readAccountsFile(file);
  const asked: string[] = [];
  const wanted = await resolvePasswords(read, stored, async (password, name) => {
    asked.push(`${name} ${password}`);
    return undefined;
  });
  assert.deepEqual(asked, ['bob another long password']);
  const { changes } = await applyAccounts(memoryMeta(), store, wanted, KEEP);
  assert.deepEqual(
    changes.map(({ name, password }) => [name, password]),
    [['bob', 'set']],
  );
  await assert.rejects(
    resolvePasswords(read, stored, async () => 'The password is too short'),
    (error) =>
      error instanceof ConfigurationError &&
      /accounts\.bob\.passwordFile: The password is too short/.test(error.message),
  );
  await rm(join(directory, 'bob'));
  await assert.rejects(readAccountsFile(file), ConfigurationError);
});

test('what was changed by hand since the last apply is told', async () => {
  const store = await filledStore();
  const meta = memoryMeta();
  assert.equal(accountsDrift(meta, await storedAccounts(store)), undefined);
  await applied(store, exportAccounts(await storedAccounts(store), false), KEEP, meta);
  assert.deepEqual(accountsDrift(meta, await storedAccounts(store))?.changes, []);
  await store.update('anna', { maxSessions: 3 });
  await store.remove('bob');
  await store.setPasswordHash('anna', '');
  assert.deepEqual(accountsDrift(meta, await storedAccounts(store))?.changes, [
    { of: 'account', name: 'anna', fields: [{ field: 'maxSessions', before: undefined, after: 3 }] },
    { of: 'account', name: 'bob', fields: undefined },
  ]);
});

test('each mistake in a file has its line and column', () => {
  const text = `accounts:
  anna:
    hom: /anna
    maxSessions: many
    quota:
      bytes: -1
    rights:
      - path: /
        rights: [list]
      - path: /in
        rights: [fly]
    passwordHash: $6$short
  "../bob": {}
  carl: 7
  dora:
    passwordHash: ''
    passwordFile: x
groups:
  partners:
    home: /{nam}
    disabled: true
    passwordHash: x
users: {}
`;
  const { problems } = problemsIn(text);
  assert.deepEqual(
    problems
      .map(({ origin, key }) => [origin.from === 'file' ? `${origin.line}:${origin.column}` : '', key])
      .toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)),
    [
      ['11:18', 'accounts.anna.rights.1.rights.0'],
      ['12:5', 'accounts.anna.passwordHash'],
      ['13:3', 'accounts.../bob'],
      ['14:3', 'accounts.carl'],
      ['16:5', 'accounts.dora.passwordHash'],
      ['20:5', 'groups.partners.home'],
      ['21:5', 'groups.partners.disabled'],
      ['22:5', 'groups.partners.passwordHash'],
      ['23:1', 'users'],
      ['3:5', 'accounts.anna.hom'],
      ['4:5', 'accounts.anna.maxSessions'],
      ['6:7', 'accounts.anna.quota.bytes'],
    ],
  );
});

test('hostile YAML is refused, with its place, or read as what it says', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghi', (name, index) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(',')}]`).join('\n')}\naccounts: { anna: { rights: *i } }\n`;
  for (const text of [
    bomb,
    'accounts: [a',
    'accounts:\n  a: {}\n  a: {}\n',
    '{accounts: !!js/function "x"}',
    '\t- x',
    'accounts: 7',
    '- a',
    '',
    '# nothing',
  ])
    assert.ok(problemsIn(text).problems.length > 0, text.slice(0, 40));
  assert.match(problemsIn(bomb).message, /Excessive alias count/);
  const proto = parseAccountsFile('accounts:\n  __proto__: { home: /x, rights: [] }\n', 'a.yaml');
  assert.deepEqual([...proto.accounts.keys()], ['__proto__']);
  const empty = parseAccountsFile('accounts:\ngroups:\n', 'a.yaml');
  assert.deepEqual([empty.accounts.size, empty.groups.size], [0, 0]);
});

test('no text makes reading a file fail otherwise than by saying so', () => {
  const pieces = fc.constantFrom(
    'accounts:',
    'groups:',
    '\n',
    '  ',
    ' a:',
    '{',
    '}',
    '[',
    ']',
    '&a',
    '*a',
    '!!map',
    '"',
    '|',
    ': ',
    '- ',
    'home: /x',
    'passwordHash: 1',
    '? ',
    '#',
    '\0',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      try {
        parseAccountsFile(parts.join(''), 'a.yaml');
      } catch (error) {
        assert.ok(error instanceof ConfigurationError, String(error));
      }
    }),
  );
});

function problemsIn(text: string): ConfigurationError {
  try {
    parseAccountsFile(text, 'a.yaml');
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: `no problem in ${text}` });
}
