import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isAccountName } from '../account-name.ts';
import { namesOf, ROOT, resolvePath } from '../path.ts';
import { fieldValue, type GroupSettings, initialSettings, PLACED_FIELDS } from './account.ts';
import { type AccountGroup, effectiveAccount } from './inheritance.ts';
import { readGroupSettings, readOwnSettings } from './own-settings.ts';

const STORED = { home: '/', rights: [] };

function group(name: string, settings: object): AccountGroup {
  return { name, settings: readGroupSettings(settings) };
}

function effective(own: object, ...groups: readonly AccountGroup[]) {
  return effectiveAccount('anna', readOwnSettings(own), groups);
}

test('what an account has no word for has its initial value, and what must be said must be said', () => {
  const { account } = effective(STORED);
  assert.deepEqual(account, { ...initialSettings(), name: 'anna', home: ROOT, rights: [] });
  for (const missing of ['home', 'rights']) {
    assert.throws(() => effective({ ...STORED, [missing]: undefined }), {
      message: new RegExp(`^${missing}: expected a value`),
    });
  }
  assert.throws(() => readOwnSettings([]), /expected an object/);
  assert.throws(() => readOwnSettings({ ...STORED, quota: null }), /^FieldError: quota: expected an object/);
  assert.throws(() => readOwnSettings({ ...STORED, home: null }), /^FieldError: home: /);
});

const PARTNERS = group('partners', { quota: { bytes: 10 }, maxSessions: 2, allowedAddresses: ['192.0.2.0/24'] });
const SLOW = group('slow', { quota: { bytes: 20, files: 5 }, rate: { upload: 1 }, maxSessions: null });

test('each value is the own one, else that of the first group that has one, else the initial one', () => {
  const { account, origins } = effective({ ...STORED, quota: { files: 1 } }, PARTNERS, SLOW);
  assert.deepEqual([account.quota, account.maxSessions, account.rate], [{ bytes: 10, files: 1 }, 2, { upload: 1 }]);
  assert.deepEqual(origins['quota.files'], { from: 'account' });
  assert.deepEqual(origins['quota.bytes'], { from: 'group', group: 'partners' });
  assert.deepEqual(origins['rate.upload'], { from: 'group', group: 'slow' });
  assert.deepEqual(origins['rate.download'], { from: 'initial' });
  assert.equal(effective(STORED, SLOW, PARTNERS).account.maxSessions, undefined, 'an explicit none of a group counts');
});

test('a value of none, or an empty list, is a value of its own and inherits nothing', () => {
  const { account, origins } = effective(
    { ...STORED, quota: { bytes: null }, maxSessions: null, allowedAddresses: [] },
    PARTNERS,
  );
  assert.deepEqual([account.quota, account.allowedAddresses, 'maxSessions' in account], [{}, [], false]);
  assert.deepEqual([origins['quota.bytes'], origins['allowedAddresses']], [{ from: 'account' }, { from: 'account' }]);
});

test('every field but those that each account says for itself is inherited by the same rule', () => {
  for (const { place, field } of PLACED_FIELDS) {
    const sample: unknown = SAMPLES[place.join('.')];
    const settings = place.toReversed().reduce<unknown>((value, name) => ({ [name]: value }), sample) as object;
    if (field.isOwn) {
      assert.throws(() => readGroupSettings(settings), /in a group/, place.join('.'));
      continue;
    }
    const { account } = effective({ home: '/own', rights: [], [place[0] ?? '']: undefined }, group('g', settings));
    assert.deepEqual(fieldValue(account, place), sample, place.join('.'));
  }
});

const SAMPLES: Readonly<Record<string, unknown>> = {
  groups: ['other'],
  home: '/of/group',
  rights: [{ path: '/', rights: ['list'] }],
  mounts: [{ at: '/archive', storage: 'cold' }],
  directories: ['/in', '/out'],
  idleTimeout: 900,
  passwordChange: 'refused',
  'quota.bytes': 1,
  'quota.files': 2,
  'rate.upload': 3,
  'rate.download': 4,
  maxSessions: 5,
  allowedAddresses: ['192.0.2.1'],
  expires: '2030-01-01T00:00:00Z',
  disabled: true,
  'certificate.use': 'with-password',
  'certificate.fingerprints': ['ab'.repeat(32)],
  authorizedKeys: [],
  keyUse: 'with-password',
  secondFactor: 'always',
  'ftp.sessionReuse': 'strict',
  'ftp.endOfStream': 'lenient',
};

test('paths of a group are templates, and each account has its own', () => {
  const templates = group('partners', {
    home: '/partners/{name}',
    rights: [{ path: '/{name}', rights: ['upload'] }],
    mounts: [{ at: '/to-{name}', storage: 'cold', path: '/{name}/in' }],
  });
  const { account } = effective({}, templates);
  assert.equal(account.home, '/partners/anna');
  assert.equal(account.rights[0]?.path, '/anna');
  assert.deepEqual(account.mounts[0], { at: '/to-anna', storage: 'cold', path: '/anna/in' });
  assert.equal(
    effective({ home: '/{name}', rights: [] }).account.home,
    '/{name}',
    'what the account says is no template',
  );
});

test('braces around anything else are refused with their place', () => {
  for (const [settings, message] of [
    [{ home: '/{user}' }, /^FieldError: home: expected no braces except \{name\}/],
    [{ rights: [{ path: '/{name', rights: [] }] }, /^FieldError: rights\[0\]\.path: /],
    [{ mounts: [{ at: '/a', storage: 'x', path: '/}' }] }, /^FieldError: mounts\[0\]\.path: /],
  ] as const) {
    assert.throws(() => readGroupSettings(settings), message);
  }
});

test('what a template makes of a name is checked like any value', () => {
  const mounts = group('g', { mounts: ['/anna', '/{name}'].map((at) => ({ at, storage: 'cold' })) });
  assert.throws(() => effective(STORED, mounts), /mounts of the group g: expected \/anna once/);
  const twice = group('g', { home: '/{name}{name}' });
  assert.throws(() => effectiveAccount('x'.repeat(128), { rights: [] }, [twice]), /home of the group g: A name is too/);
});

test('no name of an account leads out of what a template says', () => {
  const name = fc.oneof(
    fc.constantFrom('..', '.', 'a/..', '...', '{name}', '$&', '\\..'),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(name, (name) => {
      fc.pre(isAccountName(name));
      const settings: GroupSettings = { home: resolvePath(ROOT, '/partners/{name}/in') };
      const { account } = effectiveAccount(name, { rights: [] }, [{ name: 'g', settings }]);
      assert.deepEqual(namesOf(account.home), ['partners', name, 'in']);
    }),
  );
});
