import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { UsageError } from '../usage-error.ts';
import { findLogin, parseNetrc } from './netrc.ts';

const FILE = `# machine commented login out
machine ftp.example login anna password "a \\"b\\" c" account books
machine FTP.example
  login ben
  password #1
macdef init
  machine inside login the password macro

default login anonymous password me@
`;

test('a .netrc is read as ftp has it, over lines, with quotes, macros and remarks', () => {
  assert.deepEqual(parseNetrc(FILE), [
    { host: 'ftp.example', login: 'anna', password: 'a "b" c', account: 'books' },
    { host: 'ftp.example', login: 'ben', password: '#1' },
    { host: undefined, login: 'anonymous', password: 'me@' },
  ]);
});

test('a login is that of the host, and of the user where one is wanted', () => {
  const entries = parseNetrc(FILE);
  assert.equal(findLogin(entries, 'Ftp.Example')?.login, 'anna');
  assert.equal(findLogin(entries, 'ftp.example', 'ben')?.password, '#1');
  assert.equal(findLogin(entries, 'ftp.example', 'eve'), undefined);
  assert.equal(findLogin(entries, 'other.example')?.login, 'anonymous');
});

for (const [text, message] of [
  ['machine a\nlogin', /line 2: "login" without its value/],
  ['login anna', /line 1: "login" before the first "machine"/],
  ['machine a\n\npasswort secret', /line 3: expected machine, default/],
  ['machine a password "secret', /line 1: a quote that is not closed/],
] as const) {
  test(`the mistake in ${JSON.stringify(text)} is told by its line, without a word of the file`, () => {
    assert.throws(
      () => parseNetrc(text),
      (error) => error instanceof UsageError && message.test(error.message) && !error.message.includes('secret'),
    );
  });
}

test('any password comes back that is written in quotes', () => {
  const password = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(password, (password) => {
      const written = `"${password.replace(/[\\"]/g, '\\$&')}"`;
      assert.equal(parseNetrc(`machine h login u password ${written}\n`)[0]?.password, password);
    }),
  );
});
