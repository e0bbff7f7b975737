import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { charset } from '../../protocol/index.ts';
import { ClientError } from '../errors.ts';
import { commandBytes, shownCommand } from './command-bytes.ts';

const utf8 = charset('utf-8');

function isInvalid(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'invalid-argument' && error.phase === 'prepare';
}

test('a command is a verb, a space, its argument as it stands, and CRLF', () => {
  assert.equal(commandBytes('CWD', ' a  b ', utf8).toString(), 'CWD  a  b \r\n');
  assert.equal(commandBytes('PASV', '', utf8).toString(), 'PASV\r\n');
});

test('whatever it is made of, a command is one line, or it is refused', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\r', '\n', '\0', '\r\n', 'ÿ', '\udcff'));
  fc.assert(
    fc.property(piece, piece, (verb, argument) => {
      const isHarmful = /[\0\r\n]/.test(verb + argument);
      if (isHarmful) return assert.throws(() => commandBytes(verb, argument, utf8), isInvalid);
      const bytes = commandBytes(verb, argument, utf8);
      assert.equal(bytes.indexOf('\n'), bytes.length - 1);
      assert.equal(bytes.indexOf('\r'), bytes.length - 2);
      assert.equal(bytes.indexOf(0), -1);
    }),
  );
});

test('a byte 255 is doubled, as Telnet has it', () => {
  assert.equal(commandBytes('RETR', 'ÿ', charset('latin1')).toString('latin1'), 'RETR \xff\xff\r\n');
});

test('a name that the encoding has no bytes for is refused before anything is sent', () => {
  assert.throws(() => commandBytes('RETR', '€', charset('iso-8859-2')), isInvalid);
});

test('a refusal shows neither the argument nor a verb that is none', () => {
  assert.throws(
    () => commandBytes('PASS', 's3cret\r\nDELE x', utf8),
    (error) => error instanceof ClientError && !error.message.includes('s3cret') && error.message.includes('PASS'),
  );
});

test('what is secret is not shown', () => {
  assert.equal(shownCommand('PASS', 's3cret'), 'PASS ***');
  assert.equal(shownCommand('pass', 's3cret'), 'pass ***');
  assert.equal(shownCommand('ACCT', '42'), 'ACCT ***');
  assert.equal(shownCommand('SITE', 'PSWD old s3cret'), 'SITE PSWD ***');
  assert.equal(shownCommand('site', 'pswd old s3cret'), 'site pswd ***');
  assert.equal(shownCommand('SITE', 'CHMOD 640 a'), 'SITE CHMOD 640 a');
  assert.equal(shownCommand('RETR', 'a b'), 'RETR a b');
  assert.equal(shownCommand('PASV', ''), 'PASV');
});
