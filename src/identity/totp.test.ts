import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTotpSecret, totpCode, totpStepOf, totpUri } from './totp.ts';

/** RFC 6238 appendix B: "12345678901234567890", in base32. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test('codes are those of RFC 6238', () => {
  const vectors = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const;
  for (const [seconds, code] of vectors) assert.equal(totpCode(SECRET, Math.floor(seconds / 30)), code);
});

test('a code counts one step before and after its own, and no further', () => {
  const at = (step: number) => totpStepOf(totpCode(SECRET, 1000), SECRET, 0, step * 30_000);
  assert.deepEqual([998, 999, 1000, 1001, 1002].map(at), [undefined, 1000, 1000, 1000, undefined]);
});

test('a code that was used, or one before it, is refused', () => {
  const code = totpCode(SECRET, 1000);
  assert.equal(totpStepOf(code, SECRET, 1000, 30_000_000), undefined);
  assert.equal(totpStepOf(code, SECRET, 1001, 30_000_000), undefined);
  assert.equal(totpStepOf(code, SECRET, 999, 30_000_000), 1000);
});

test('what is no code is none', () => {
  for (const code of ['', '12345', '1234567', '12345a', '１２３４５６', ' 123456', '123456\n']) {
    assert.equal(totpStepOf(code, SECRET), undefined, code);
  }
});

test('secrets have 160 bits, and no two are alike', () => {
  const secrets = Array.from({ length: 100 }, newTotpSecret);
  assert.equal(new Set(secrets).size, 100);
  for (const secret of secrets) assert.match(secret, /^[A-Z2-7]{32}$/);
});

test('an authenticator is told issuer, name and secret', () => {
  assert.equal(totpUri('ABC', 'anna b', 'Lockport'), 'otpauth://totp/Lockport:anna%20b?secret=ABC&issuer=Lockport');
});
