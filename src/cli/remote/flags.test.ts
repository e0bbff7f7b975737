import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { CLIENT_EXITS, EXIT_CODES } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { addBookmarkFlags, addRemoteFlags, settingsOf } from './flags.ts';
import { SETTING_NAMES } from './settings.ts';

function settings(...words: readonly string[]): object {
  const command = new Command('x').exitOverride();
  addRemoteFlags(command, ['parallel', 'limitRate']);
  return settingsOf(command.parse(words, { from: 'user' }));
}

test('every setting of a bookmark has a flag', () => {
  const command = new Command('x');
  addBookmarkFlags(command);
  assert.deepEqual(command.options.map((option) => option.attributeName()).sort(), [...SETTING_NAMES].sort());
});

const PIN = `sha256//${'A'.repeat(43)}=`;

for (const [words, expected] of [
  [[], {}],
  [['--pin', PIN, '--pin', 'AB:'.repeat(31).concat('cd')], { pin: [PIN, 'AB:'.repeat(31).concat('cd')] }],
  [['--retries', '0', '--parallel', '4'], { retries: 0, parallel: 4 }],
  [['--limit-rate', '10MiB', '--stall-timeout', '1.5'], { limitRate: 10_485_760, stallTimeout: 1.5 }],
  [['--active', '--session-reuse', 'require'], { active: true, sessionReuse: 'require' }],
] as const) {
  test(`the flags ${JSON.stringify(words)} say ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(settings(...words), expected);
  });
}

for (const [words, message] of [
  [['--pin', 'abc'], /^--pin: expected sha256\/\//],
  [['--retries', '-1'], /^--retries: expected a whole number from 0 to 100/],
  [['--parallel', '0'], /^--parallel: expected a whole number from 1/],
  [['--parallel', '1.5'], /^--parallel: /],
  [['--limit-rate', 'fast'], /^--limit-rate: expected a size/],
  [['--limit-rate', '0'], /^--limit-rate: expected a size/],
  [['--connect-timeout', '0'], /^--connect-timeout: expected a number of seconds/],
  [['--session-reuse', 'never'], /^--session-reuse: expected require, prefer or off/],
  [['--proxy', 'https://p:1'], /^--proxy: expected an address such as socks5/],
  [['--user', ''], /^--user: expected a user name/],
] as const) {
  test(`the flags ${JSON.stringify(words)} are refused by name`, () => {
    assert.throws(
      () => settings(...words),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

test('no two exit codes are the same, and every failure of the client has one', () => {
  const codes = Object.values(EXIT_CODES).map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
  for (const exit of Object.values(CLIENT_EXITS)) assert.ok(exit in EXIT_CODES, exit);
});
