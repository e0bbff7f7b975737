import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whatIsTakenAway } from './account-changes.ts';
import { type Account, RIGHTS } from './identity.ts';
import { ROOT, resolvePath } from './path.ts';

const inbox = resolvePath(ROOT, '/in');

const plain: Account = {
  name: 'anna',
  home: ROOT,
  rights: [{ path: ROOT, rights: ['list', 'download'] }],
  quota: {},
  rate: {},
  allowedAddresses: [],
  disabled: false,
  certificate: { use: 'none', fingerprints: [] },
};

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
  [undefined, {}, { quota: { bytes: 1 }, rate: { upload: 1 }, expires: new Date(0) }],
];

for (const [why, before, after] of CASES) {
  const change = `${JSON.stringify(before)} -> ${JSON.stringify(after)}`;
  test(`a change takes away what the account had, and is named: ${why ?? 'nothing'}, ${change}`, () => {
    assert.equal(whatIsTakenAway({ ...plain, ...before }, { ...plain, ...after }), why);
  });
}
