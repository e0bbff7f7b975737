import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword } from './password.ts';
import { generatePassword } from './password-generator.ts';
import { policyRefusal } from './password-policy.ts';

const ANY = { minLength: 12, minScore: 0, history: 0 };

test('a password that is too short, or easy to guess, is refused with what to change', async () => {
  for (const [policy, password, message] of [
    [{ ...ANY, minLength: 16 }, 'fifteen letters', /^The password must have at least 16 characters$/],
    [
      { ...ANY, minScore: 3 },
      'password1234',
      /too easy to guess: it is like one that many people use \(strength 1 of 4/,
    ],
    [{ ...ANY, minScore: 3 }, 'aaaaaaaaaaaaaa', /too easy to guess: it repeats itself/],
    [{ ...ANY, minScore: 3 }, 'kunigunde1992', /too easy to guess/],
    [{ ...ANY, minScore: 3 }, 'correct horse battery', undefined],
    [ANY, 'password1234', undefined],
  ] as const) {
    const refusal = await policyRefusal(password, policy, 'kunigunde', []);
    if (message) assert.match(refusal ?? '', message);
    else assert.equal(refusal, undefined, password);
  }
});

test('as many passwords as the policy says can not be used again', async () => {
  const hashes = await Promise.all(['the present one', 'the one before', 'the oldest one'].map(hashPassword));
  const refusal = (password: string, history: number) => policyRefusal(password, { ...ANY, history }, 'anna', hashes);
  assert.equal(await refusal('the present one', 0), undefined);
  assert.match((await refusal('the present one', 1)) ?? '', /must differ from the present one/);
  assert.match((await refusal('the one before', 2)) ?? '', /must differ from the last 2 passwords/);
  assert.equal(await refusal('the oldest one', 2), undefined);
});

test('a generated password fulfils any policy, and is another each time', async () => {
  assert.match(generatePassword(), /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  const long = generatePassword(128);
  assert.equal(await policyRefusal(long, { minLength: 128, minScore: 4, history: 0 }, 'anna', []), undefined);
  assert.notEqual(generatePassword(), generatePassword());
});
