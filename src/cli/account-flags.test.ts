import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type OwnSettings, RIGHTS } from '../core/index.ts';
import { type AccountFlagValues, changesFrom, withChanges } from './account-flags.ts';
import { formatBytes, formatDuration, parseBytes, parseDuration } from './quantity.ts';
import { UsageError } from './usage-error.ts';

const ANNA: OwnSettings = { quota: { bytes: 1, files: 2 }, maxSessions: 3 };

const CHANGES: readonly (readonly [flags: AccountFlagValues, changes: object])[] = [
  [{ home: 'shared/../in' }, { home: '/in' }],
  [{ rights: ['list, download'] }, { rights: [{ path: '/', rights: ['list', 'download'] }] }],
  [
    { rights: ['all', '/a=b=none'] },
    {
      rights: [
        { path: '/', rights: RIGHTS },
        { path: '/a=b', rights: [] },
      ],
    },
  ],
  [{ quotaBytes: '10GiB' }, { quota: { bytes: 10 * 2 ** 30, files: 2 } }],
  [{ quotaBytes: 'none' }, { quota: { bytes: null, files: 2 } }],
  [{ quotaBytes: 'inherit' }, { quota: { files: 2 } }],
  [{ quotaBytes: 'none', quotaFiles: '9' }, { quota: { bytes: null, files: 9 } }],
  [{ rateUp: '1.5 MB' }, { rate: { upload: 1_500_000 } }],
  [{ maxSessions: 'none' }, { maxSessions: null }],
  [{ idleTimeout: '15m' }, { idleTimeout: 900 }],
  [{ idleTimeout: 'none' }, { idleTimeout: null }],
  [{ directory: ['in', '/out'] }, { directories: ['/in', '/out'] }],
  [{ maxSessions: 'inherit' }, { maxSessions: undefined }],
  [
    { home: 'inherit', rights: ['inherit'] },
    { home: undefined, rights: undefined },
  ],
  [{ home: '/inherit' }, { home: '/inherit' }],
  [{ group: ['partners', 'slow'] }, { groups: ['partners', 'slow'] }],
  [{ group: ['none'] }, { groups: [] }],
  [{ allow: ['10.0.0.0/8', '::1', '2001:db8::/32'] }, { allowedAddresses: ['10.0.0.0/8', '::1', '2001:db8::/32'] }],
  [{ allow: ['any'] }, { allowedAddresses: [] }],
  [{ expires: '2030-02-28' }, { expires: new Date('2030-02-28T23:59:59.999Z') }],
  [{ expires: '2030-01-01T12:00:00+02:00' }, { expires: new Date('2030-01-01T10:00:00Z') }],
  [{ expires: 'never' }, { expires: null }],
  [{ sessionReuse: 'strict' }, { ftp: { sessionReuse: 'strict' } }],
  [{ sessionReuse: 'prefer', endOfStream: 'default' }, { ftp: { sessionReuse: 'prefer', endOfStream: null } }],
  [
    { certificate: 'with-password', fingerprint: [`sha256 Fingerprint=${'AB:'.repeat(31)}CD`] },
    { certificate: { use: 'with-password', fingerprints: [`${'ab'.repeat(31)}cd`] } },
  ],
  [
    { mount: ['/archive=cold:/2026/a=b,ro', 'in=default'] },
    {
      mounts: [
        { at: '/archive', storage: 'cold', path: '/2026/a=b', readOnly: true },
        { at: '/in', storage: 'default' },
      ],
    },
  ],
  [{ mount: ['none'] }, { mounts: [] }],
  [{}, {}],
];

for (const [flags, changes] of CHANGES) {
  test(`the flags ${JSON.stringify(flags)} change what they say and nothing else`, () => {
    assert.deepEqual(changesFrom(flags, ANNA), changes);
    assert.deepEqual(withChanges(ANNA, changesFrom(flags, ANNA)), { ...ANNA, ...changes });
  });
}

const MISTAKES: readonly (readonly [flags: AccountFlagValues, message: RegExp])[] = [
  [{ home: 'a\nb' }, /^--home: The path holds/],
  [{ rights: ['inherit', 'list'] }, /^--rights: inherit can't be given beside other values/],
  [{ expires: 'inherit' }, /^--expires: expected a date/],
  [{ group: ['a/b'] }, /^--group: expected the name of a group/],
  [{ rights: ['list,read'] }, /^--rights: "read" is no right; the rights are list, download/],
  [{ quotaBytes: '10 apples' }, /^--quota-bytes: expected a size such as .*, got "10 apples"/],
  [{ quotaFiles: '-1' }, /^--quota-files: expected a whole number from 0/],
  [{ rateUp: '0' }, /^--rate-up: expected a size/],
  [{ idleTimeout: '15' }, /^--idle-timeout: expected a time such as 90s, 15m or 2h, or none, got "15"/],
  [{ idleTimeout: '0s' }, /^--idle-timeout: expected a time/],
  [{ maxSessions: '0' }, /^--max-sessions: expected a whole number from 1/],
  [{ allow: ['10.0.0.0/33'] }, /^--allow: expected an address/],
  [{ allow: ['example.org'] }, /^--allow: expected an address/],
  [{ expires: '2030-02-30' }, /^--expires: expected a date/],
  [{ expires: 'tomorrow' }, /^--expires: expected a date/],
  [{ mount: ['/=cold'] }, /^--mount: expected a mount/],
  [{ mount: ['/a'] }, /^--mount: expected a mount/],
  [{ mount: ['/a=Cold'] }, /^--mount: expected a mount/],
  [{ authorizedKey: ['ssh-rsa AAAA'] }, /^--authorized-key: expected a public key/],
  [{ fingerprint: ['abc'] }, /^--fingerprint: expected a SHA-256/],
];

for (const [flags, message] of MISTAKES) {
  test(`the flags ${JSON.stringify(flags)} are refused by name`, () => {
    assert.throws(
      () => changesFrom(flags, ANNA),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

test('a size in bytes is read as it was meant', () => {
  for (const [text, bytes] of [
    ['0', 0],
    ['1048576', 2 ** 20],
    ['500k', 500_000],
    ['500 KiB', 512_000],
    ['2T', 2e12],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['', undefined],
    ['GiB', undefined],
    ['-5', undefined],
    ['1e9', undefined],
    ['9999999999999T', undefined],
  ] as const) {
    assert.equal(parseBytes(text), bytes, text);
  }
});

test('a size that was formatted reads as about the same size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
      const back = parseBytes(formatBytes(bytes)) ?? -1;
      assert.ok(Math.abs(back - bytes) <= bytes * 0.06, formatBytes(bytes));
    }),
  );
});

test('a time that was formatted reads as the same time', () => {
  for (const text of ['1s', '90s', '15m', '2h', '3d', '1w', '25h']) {
    assert.equal(formatDuration(parseDuration(text) ?? 0), text);
  }
});
