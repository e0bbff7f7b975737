import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account } from '../../identity/index.ts';
import { ROOT, resolvePath } from '../path.ts';
import type { PublicKeyLine } from '../public-key.ts';
import { type Account, fieldValue, PLACED_FIELDS, whatIsTakenAway, withFieldValue } from './account.ts';
import { RIGHTS } from './values.ts';

const KEY = 'ssh-ed25519 AAAA' as PublicKeyLine;
const inbox = resolvePath(ROOT, '/in');

const plain = account('anna', { rights: [{ path: ROOT, rights: ['list', 'download'] }] });

const CASES: readonly (readonly [why: string | undefined, before: Partial<Account>, after: Partial<Account>])[] = [
  [undefined, {}, {}],
  ['account disabled', {}, { disabled: true }],
  [undefined, { disabled: true }, { disabled: false }],
  ['home changed', {}, { home: inbox }],
  ['rights narrowed', {}, { rights: [{ path: ROOT, rights: ['list'] }] }],
  ['rights narrowed', {}, { rights: [...plain.rights, { path: inbox, rights: ['list', 'upload'] }] }],
  ['rights narrowed', {}, { rights: [{ path: inbox, rights: RIGHTS }] }],
  [undefined, {}, { rights: [{ path: ROOT, rights: RIGHTS }] }],
  [undefined, {}, { rights: [...plain.rights, { path: inbox, rights: RIGHTS }] }],
  ['rights narrowed', { rights: [...plain.rights, { path: inbox, rights: RIGHTS }] }, {}],
  ['allowed addresses narrowed', {}, { allowedAddresses: ['192.0.2.1'] }],
  ['allowed addresses narrowed', { allowedAddresses: ['192.0.2.1', '192.0.2.2'] }, { allowedAddresses: ['192.0.2.1'] }],
  [undefined, { allowedAddresses: ['192.0.2.1'] }, { allowedAddresses: ['192.0.2.2', '192.0.2.1'] }],
  [undefined, { allowedAddresses: ['192.0.2.1'] }, {}],
  ['session limit lowered', {}, { maxSessions: 3 }],
  ['session limit lowered', { maxSessions: 4 }, { maxSessions: 3 }],
  [undefined, { maxSessions: 3 }, { maxSessions: 4 }],
  ['certificate rule changed', {}, { certificate: { use: 'with-password', fingerprints: [] } }],
  ['certificate rule changed', {}, { certificate: { use: 'none', fingerprints: ['ab'] } }],
  ['public key removed', { authorizedKeys: [KEY] }, {}],
  [undefined, {}, { authorizedKeys: [KEY] }],
  ['public key removed', { authorizedKeys: [KEY] }, { authorizedKeys: [`no-pty ${KEY}` as PublicKeyLine] }],
  [undefined, { authorizedKeys: [`no-pty ${KEY}` as PublicKeyLine] }, { authorizedKeys: [KEY] }],
  [undefined, { authorizedKeys: [KEY] }, { authorizedKeys: [`${KEY} with another comment` as PublicKeyLine] }],
  [undefined, {}, { quota: { bytes: 1 }, rate: { upload: 1 }, expires: new Date(0) }],
];

for (const [why, before, after] of CASES) {
  const change = `${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
  test(`a change takes away what the account had, and is named: ${why ?? 'nothing'}, ${change}`, () => {
    assert.equal(whatIsTakenAway({ ...plain, ...before }, { ...plain, ...after }), why);
  });
}

test('an account that can not be read any more, or could not be before, has changed', () => {
  assert.equal(whatIsTakenAway(plain, undefined), 'account changed');
  assert.equal(whatIsTakenAway(undefined, plain), 'account changed');
  assert.equal(whatIsTakenAway(undefined, undefined), undefined);
});

test('a value is set and taken away within its section, and nothing else with it', () => {
  const limited = withFieldValue(plain, ['quota', 'bytes'], 5);
  assert.deepEqual(limited, { ...plain, quota: { bytes: 5 } });
  assert.equal(fieldValue(limited, ['quota', 'bytes']), 5);
  assert.deepEqual(withFieldValue(limited, ['quota', 'bytes'], undefined), plain);
  assert.equal(fieldValue(plain, ['quota', 'bytes']), undefined);
});

test('each field that takes something away says so in the log', () => {
  for (const { field, place } of PLACED_FIELDS) {
    assert.equal(field.ends !== undefined, field.takesAway !== undefined, place.join('.'));
  }
});
