import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { scryptSync } from 'node:crypto';
import { before, test } from 'node:test';
import { hashPassword, needsRehash, passwordRefusal, verifyPassword } from './password.ts';

const PASSWORD = 'correct horse battery staple';
let hash: string;

before(async () => {
  hash = await hashPassword(PASSWORD);
});

/** How many hashes Node computes on its threads while `work` runs. */
async function hashesDuring(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'SCRYPTREQUEST') count += 1;
    },
  }).enable();
  try {
    await work();
  } finally {
    hook.disable();
  }
  return count;
}

function phc(ln: number, r: number, p: number, password = PASSWORD, keyBytes = 32): string {
  const salt = Buffer.alloc(16, 7);
  const key = scryptSync(password, salt, keyBytes, { N: 2 ** ln, r, p, maxmem: 2 ** 28 });
  const [saltText, keyText] = [salt, key].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
  return `$scrypt$ln=${ln},r=${r},p=${p}$${saltText}$${keyText}`;
}

test('a hash is a PHC string at the cost that OWASP names, with a salt of its own', async () => {
  assert.match(hash, /^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(await hashPassword(PASSWORD), hash);
});

test('only the password itself fits its hash', async () => {
  assert.equal(await verifyPassword(PASSWORD, hash), true);
  for (const other of [PASSWORD.toUpperCase(), `${PASSWORD} `, PASSWORD.slice(1)]) {
    assert.equal(await verifyPassword(other, hash), false);
  }
});

test('a password fits in composed and in decomposed form, and bytes that are no UTF-8 stay apart', async () => {
  assert.equal(await verifyPassword('e\u0301', phc(4, 8, 1, '\u00e9')), true);
  const odd = await hashPassword('a\udc80');
  assert.equal(await verifyPassword('a\udc80', odd), true);
  assert.equal(await verifyPassword('a\udc81', odd), false);
});

test('without a user, a password or a readable hash, the same work is done and the answer is no', async () => {
  for (const stored of [hash, undefined, '', '!', 'plain', `${hash}=`]) {
    const count = await hashesDuring(async () => {
      assert.equal(await verifyPassword('wrong', stored), false);
    });
    assert.equal(count, 1, String(stored));
  }
});

test('an empty password, one with a NUL and one over 1024 bytes are never right and never hashed', async () => {
  for (const impossible of ['', 'a\0', 'a\0b', 'x'.repeat(1025), 'é'.repeat(513)]) {
    await assert.rejects(hashPassword(impossible), RangeError);
    assert.equal(await hashesDuring(() => verifyPassword(impossible, hash)), 0);
    assert.equal(await verifyPassword(impossible, phc(4, 8, 1, impossible)), false);
  }
  assert.equal(await verifyPassword('x'.repeat(1024), phc(4, 8, 1, 'x'.repeat(1024))), true);
});

test('a stored hash of another cost is verified, and is to be made anew', async () => {
  for (const stored of [phc(4, 8, 1), phc(13, 8, 10), phc(17, 8, 1)]) {
    assert.equal(await verifyPassword(PASSWORD, stored), true, stored);
    assert.equal(needsRehash(stored), true);
  }
  assert.equal(needsRehash(hash), false);
  assert.equal(needsRehash(''), true);
});

test('a stored hash that asks for absurd work, or is short enough to be met by chance, is not believed', async () => {
  const tail = hash.slice(hash.indexOf('$', 9));
  for (const cost of [
    'ln=18,r=8,p=1',
    'ln=15,r=8,p=99',
    'ln=63,r=8,p=1',
    'ln=0,r=8,p=1',
    'ln=15,r=0,p=3',
    'ln=15,r=8,p=0',
  ]) {
    assert.equal(await verifyPassword(PASSWORD, `$scrypt$${cost}${tail}`), false, cost);
  }
  assert.equal(await verifyPassword(PASSWORD, phc(4, 8, 1, PASSWORD, 8)), false);
});

test('a new password has 12 characters at least, and fits into one line of FTP', () => {
  assert.match(passwordRefusal('elevenchars') ?? '', /12 characters/);
  assert.match(passwordRefusal('😀'.repeat(11)) ?? '', /12 characters/);
  assert.equal(passwordRefusal('twelve chars'), undefined);
  assert.equal(passwordRefusal('x'.repeat(1024)), undefined);
  assert.match(passwordRefusal('x'.repeat(1025)) ?? '', /longer than 1024 bytes/);
  for (const control of ['\0', '\r', '\n']) assert.match(passwordRefusal(`${control}234567890123`) ?? '', /line break/);
});
