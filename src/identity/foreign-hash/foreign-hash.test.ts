import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { hashPassword, needsRehash, verifyPassword } from '../password.ts';
import { checkableHash, describeHash } from './foreign-hash.ts';

const PASSWORD = 'correct horse bättery 1';
const LONG = 'x'.repeat(300);
const sum = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

/** As `verifyPassword`, on this thread. */
async function check(password: string, hash: string): Promise<boolean> {
  const known = checkableHash(hash);
  assert.ok(known, hash);
  return known.scheme.check(Buffer.from(password), known.parts, hash);
}

/** Hashes of `PASSWORD`, and the program that made each. */
const MADE: readonly (readonly [scheme: string, by: string, hash: string])[] = [
  ['bcrypt', 'mkpasswd', '$2b$05$jX7bakPJ.SyR84iKxTgKy.WmewxIA3qtBgwci0JwvvruV0VWvWKr.'],
  ['bcrypt', 'mkpasswd', '$2a$05$X1VcllVHS2EBQxVjoLMA1eYyOhGK0/LIsqCNf0EzZ6dLdGslegP42'],
  ['bcrypt', 'php', '$2y$05$.yc4v9.Ify2ZIHlI1d17u.JtI5iUUJWBDhQWIxM8lShXZWpulJ0F6'],
  [
    'sha512-crypt',
    'mkpasswd',
    '$6$kykVjglLFBRT3KPI$YyJB2jDILBPMrcU0nla76Q3Hpv4r6nFGvIhgyi81qVbI/.cGwVznjYo/rHT8ghPKbEFeivstS3UDTKoE8NvnW1',
  ],
  [
    'sha512-crypt',
    'mkpasswd -R 1000',
    '$6$rounds=1000$W8ukDzrIkosctAuX$N6O3h7tRbjaMgoc/SV12G/RILlvENECV1kMVifcsa6DkyevcH0Hy2FJ12xiZyn7GpDDkOH40dN2JCgFUV/55/1',
  ],
  [
    'sha512-crypt',
    'openssl passwd -6',
    '$6$1/7wml6jIfC1IRIc$DlGSMaWn.lXwzghF.aIdcyHpCHlCV9EaXjAaH1MbPY0gHUwDOm8iecxhttXVl09.TS81Vou44ZL08fZDrWGz91',
  ],
  ['sha256-crypt', 'mkpasswd', '$5$SPLLEPqf.7YFXHcg$AudGJ9IiST5P6gveTJnB.4Va0.SBOWAdwL5x7vEoiu2'],
  ['sha256-crypt', 'mkpasswd -R 20000', '$5$rounds=20000$9DDFURk4hRqlkBjy$MyuYmrSNjTgJpS/DOYeONaVZ4JS4LtQecC26ns31KB7'],
  ['sha256-crypt', 'openssl passwd -5', '$5$4cwkXegQr/MoEOei$zoVieSBjpRTVDz45mt6LCAoYt8FexNr3.NF4b2Y3ko3'],
  ['md5-crypt', 'mkpasswd', '$1$JfgEj97x$pdhw1FcY/V1.0xRwjXv3W1'],
  ['md5-crypt', 'openssl passwd -1', '$1$aoGAKuCm$qbvwdu1nSJSGcYSEelJk5.'],
  ['md5-crypt', 'openssl passwd -apr1', '$apr1$M6IyjWKD$eSWNuhkYpMI7QCFdzdoF9/'],
  [
    'scrypt of crypt(3)',
    'mkpasswd',
    '$7$CU..../....0Xy6aNfMUcSyGTUfyAir8/$a1obb4ByRvSCpxET/t5knB/iWFgS.C2GJpMM0hKZ3v8',
  ],
  ['argon2', 'php', '$argon2id$v=19$m=1024,t=2,p=2$U3FueUVINHRYUXFtZVkxSA$mJDT8Wr0kPDX2S1/wBKJoO/0EJeq8CezEbmLmw18Vjk'],
  ['argon2', 'php', '$argon2i$v=19$m=1024,t=2,p=1$RnpYUlhIQ09sb3NpSVZybQ$CrNgXkhIbtJqNo6yN/Iz+zXw4khC7AmDmsH3odP9k2k'],
  ['pbkdf2', 'python', '$pbkdf2-sha1$1000$E86a9YMX3zC7$u1QU1dafkMBsCmkwm2EZIb/iMXI='],
  ['pbkdf2', 'python', '$pbkdf2-sha256$1000$E86a9YMX3zC7$qZHg7Flgjm7VupGdxR+JLiJXC+tGklEaINj+hUPSzAw='],
  ['pbkdf2', 'python', '$pbkdf2-b64salt-sha256$1000$RTg2YTlZTVgzekM3$qZHg7Flgjm7VupGdxR+JLiJXC+tGklEaINj+hUPSzAw='],
  [
    'pbkdf2',
    'python',
    '$pbkdf2-sha512$1000$E86a9YMX3zC7$cA4A7W2M3+o48jnpR6JjnuJb7jB84sAaYEoZthWzKhDpIkL7bj78xaN4YQqh3k01Y192Dpo9n6JD5L9EtwMPbA==',
  ],
  [
    'salted SHA-512',
    'this test',
    `$salted-sha512$${Buffer.from('salt').toString('base64')}$${sum('sha512', `${PASSWORD}salt`)}`,
  ],
  ['plain MD5', 'this test', `$md5$${sum('md5', PASSWORD)}`],
];

for (const [scheme, by, hash] of MADE) {
  test(`the password of a ${scheme} hash by ${by} is right, and no other`, async () => {
    assert.equal(await check(PASSWORD, hash), true);
    assert.equal(await check(PASSWORD.toUpperCase(), hash), false);
    assert.equal(await check(`${PASSWORD} `, hash), false);
    assert.equal(describeHash(hash).scheme, scheme);
    assert.equal(describeHash(hash).refusal, undefined);
    assert.equal(needsRehash(hash), true);
  });
}

test('a password is checked by the bytes that the client sent', async () => {
  const hash = `$md5$${sum('md5', 'a\u0308')}`;
  assert.equal(await verifyPassword('a\u0308', hash), true);
  assert.equal(await verifyPassword('\u00e4', hash), false);
});

test('a long password is looked at as far as the program looked that hashed it', async () => {
  const whole = [
    '$6$rounds=1000$6A1RRjUiU5mOpGhe$h9ZbbhL36gGBrxwWfORaQcwiOKz3TqXI/.ycjX0n2CfBuusu8MpCgm0Gr5izTugcYE8txFcW.4gbKNm/.fgCy0',
    '$1$zKx4gl6D$oK.r6OmKFClDMkkX0DLOW/',
  ];
  for (const hash of whole) {
    assert.equal(await check(LONG, hash), true);
    assert.equal(await check(LONG.slice(1), hash), false);
  }
  const bcrypt = '$2b$05$O.LAiFXrkndyHnm8kDX6rO1wGOtwwVM81Kx370imUzmrs.GsKJYnW';
  assert.equal(await check(LONG, bcrypt), true);
  assert.equal(await check(LONG.slice(0, 72), bcrypt), true);
  assert.equal(await check(LONG.slice(0, 71), bcrypt), false);
});

test('a hash that would take too much is not checked', async () => {
  const hostile = [
    `$2b$31$${'a'.repeat(53)}`,
    `$2b$15$${'a'.repeat(53)}`,
    `$6$rounds=999999999$salt$${'a'.repeat(86)}`,
    `$5$rounds=500001$salt$${'a'.repeat(43)}`,
    `$argon2id$v=19$m=999999999,t=1,p=1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
    `$argon2id$v=19$m=8192,t=999999999,p=1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
    `$argon2id$v=19$m=8,t=1,p=2$${'a'.repeat(22)}$${'a'.repeat(43)}`,
    `$argon2id$v=19$m=8192,t=0,p=1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
    `$pbkdf2-sha512$999999999$salt$${'a'.repeat(86)}==`,
    `$7$zzzzzzzzzzz${'a'.repeat(22)}$${'a'.repeat(43)}`,
    `$7$C..........${'a'.repeat(22)}$${'a'.repeat(43)}`,
  ];
  for (const hash of hostile) {
    assert.match(describeHash(hash).refusal ?? '', /too much time or memory/, hash);
    assert.equal(checkableHash(hash), undefined);
  }
  assert.equal(await verifyPassword(PASSWORD, hostile[0]), false);
});

test('what Pure-FTPd chooses on a slow and on a fast machine can be checked', () => {
  for (const passes of [1, 63, 255, 511, 1023]) {
    const hash = `$argon2id$v=19$m=8192,t=${passes},p=1$${'a'.repeat(22)}$${'a'.repeat(43)}`;
    assert.equal(describeHash(hash).refusal, undefined, hash);
    assert.ok(checkableHash(hash));
  }
});

test('what is not checked says why', () => {
  const reasons: readonly (readonly [hash: string, reason: RegExp])[] = [
    ['$y$j9T$WF6Ymj3pL2D0d7YkZt3iQ0$rdjbdw4iCaUEtEwIMQV3hucliyQJQAHM.ZdJo8Ecch2', /yescrypt/],
    ['WFDC0Z.bskWjA', /eight characters/],
    ['*', /locked/],
    ['!$6$abc', /locked/],
    ['$6$salt$short', /damaged/],
    ['', /unknown/],
    ['secret', /unknown/],
    [`$6$${'x'.repeat(5000)}`, /damaged/],
  ];
  for (const [hash, reason] of reasons) assert.match(describeHash(hash).refusal ?? '', reason, hash);
});

test('weak ones are told from others', () => {
  const weak = MADE.filter(([, , hash]) => describeHash(hash).isWeak).map(([scheme]) => scheme);
  assert.deepEqual(new Set(weak), new Set(['md5-crypt', 'salted SHA-512', 'plain MD5']));
});

test('no text makes the description throw or take long', () => {
  const digits = fc.string({
    unit: fc.constantFrom('$', '.', '/', 'a', '9', '=', ',', '+', '6', '\n'),
    maxLength: 600,
  });
  const prefix = fc.constantFrom(
    '',
    '$6$',
    '$5$rounds=',
    '$2b$10$',
    '$argon2id$v=19$',
    '$7$',
    '$pbkdf2-sha256$',
    '$1$',
  );
  fc.assert(fc.property(prefix, digits, (start, rest) => typeof describeHash(start + rest).scheme === 'string'));
});

test('our own hashes are none of other servers', async () => {
  assert.match(describeHash(await hashPassword(PASSWORD)).refusal ?? '', /unknown/);
});
