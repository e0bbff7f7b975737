import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { changedFacts, modeAndPath } from './changed-facts.ts';
import { checksumRequest, digestAlgorithm } from './digest.ts';
import { hostName, languageTag } from './host.ts';
import { extendedHostPort, extendedPassive, hostPort } from './host-port.ts';
import { listArgument } from './list-argument.ts';
import { combination, newLink } from './names.ts';
import { allocation, byteOffset, byteRange, protectionBufferSize } from './numbers.ts';
import { fileStructure, transferMode, transferType } from './representation.ts';
import { authMechanism, protectionLevel } from './security.ts';
import { type Syntax, SyntaxFailure } from './syntax.ts';
import { noArgument, optionalText, text, wordAndRest } from './text.ts';
import { modifiedTime, timeAndPath, unixTimes } from './timed-path.ts';

const path = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', ' ', '"', '-', '\\', '1', ';', '=', '/') }),
);
const whole = fc.maxSafeNat();
const port = fc.integer({ min: 1, max: 65_535 });
const time = fc.date({
  min: new Date('0000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});
const wholeSecond = time.map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000));
const mode = fc.integer({ min: 0, max: 0o777 });
const word = fc.string({ unit: fc.constantFrom('A', 'Z', '0', '-', '.'), minLength: 1 });
/** Two numbers in order, by their first and their distance. */
const interval = fc.tuple(fc.nat(), fc.nat()).map(([start, length]) => ({ start, end: start + length + 1 }));

const domain = fc.domain();
const bracketed = fc.ipV6().map((address) => `[${address}]`);

testRoundTrip('noArgument', noArgument, fc.constant(undefined));
testRoundTrip('text', text, path);
testRoundTrip('optionalText', optionalText, fc.string());
testRoundTrip('wordAndRest', wordAndRest, fc.record({ word, rest: fc.string() }));
testRoundTrip('hostPort', hostPort, fc.record({ address: fc.ipV4(), port }));
testRoundTrip('extendedHostPort', extendedHostPort, fc.record({ address: fc.oneof(fc.ipV4(), fc.ipV6()), port }));
testRoundTrip(
  'extendedPassive',
  extendedPassive,
  fc.oneof(fc.constantFrom('any', 'all'), fc.integer({ min: 0, max: 99_999 })),
);
testRoundTrip('byteOffset', byteOffset, whole);
testRoundTrip('allocation', allocation, fc.record({ bytes: whole, recordBytes: whole }, { requiredKeys: ['bytes'] }));
testRoundTrip('protectionBufferSize', protectionBufferSize, fc.nat(2 ** 32 - 1));
testRoundTrip('byteRange', byteRange, fc.oneof(fc.constant('whole'), interval));
testRoundTrip('transferType', transferType, fc.constantFrom('ascii', 'image'));
testRoundTrip('fileStructure', fileStructure, fc.constant('file'));
testRoundTrip('transferMode', transferMode, fc.constantFrom('stream', 'deflate'));
testRoundTrip('protectionLevel', protectionLevel, fc.constantFrom('clear', 'private'));
testRoundTrip('authMechanism', authMechanism, fc.constant('tls'));
testRoundTrip('timeAndPath', timeAndPath, fc.record({ time, path }));
testRoundTrip('unixTimes', unixTimes, fc.record({ time: wholeSecond, path }));
testRoundTrip('modifiedTime', modifiedTime, fc.oneof(fc.record({ time: wholeSecond, path }), fc.record({ path })));
testRoundTrip(
  'changedFacts',
  changedFacts,
  fc
    .record({ modify: time, create: time, mode, path }, { requiredKeys: ['path'] })
    .filter((changes) => Object.keys(changes).length > 1),
);
testRoundTrip('modeAndPath', modeAndPath, fc.record({ mode, path }));
testRoundTrip('digestAlgorithm', digestAlgorithm, fc.constantFrom('CRC32', 'MD5', 'SHA-1', 'SHA-256', 'SHA-512'));
testRoundTrip(
  'checksumRequest',
  checksumRequest,
  fc.record({
    path,
    range: fc.oneof(
      fc.constant({}),
      whole.map((start) => ({ start })),
      interval,
    ),
  }),
);
testRoundTrip('combination', combination, fc.record({ target: path, parts: fc.array(path, { minLength: 1 }) }));
testRoundTrip('newLink', newLink, fc.record({ target: path, path }));
testRoundTrip(
  'hostName',
  hostName,
  fc.oneof(
    fc.ipV4(),
    bracketed,
    domain.map((name) => name.toLowerCase()),
  ),
);
testRoundTrip('languageTag', languageTag, fc.constantFrom('', 'en', 'de-CH', 'zh-Hant-TW'));
testRoundTrip(
  'listArgument',
  listArgument,
  fc.record({
    all: fc.boolean(),
    recursive: fc.boolean(),
    itself: fc.boolean(),
    long: fc.boolean(),
    path: fc.oneof(fc.constant(''), path),
  }),
);

function testRoundTrip<Args>(name: string, syntax: Syntax<Args>, args: fc.Arbitrary<NoInfer<Args>>): void {
  test(`${name}: what is formatted is read as itself`, () => {
    // Cloned, since fast-check makes objects without a prototype.
    const plain = args.map((given) => structuredClone(given));
    fc.assert(fc.property(plain, (given) => assert.deepEqual(syntax.parse(syntax.format(given)), given)));
  });

  test(`${name}: any text is read or refused as a fault of syntax, with a text that repeats none of it`, () => {
    const symbols = fc.constantFrom(
      '0',
      '1',
      '9',
      ' ',
      ',',
      '|',
      '"',
      ';',
      '=',
      '-',
      ':',
      '[',
      ']',
      '.',
      'A',
      'R',
      'l',
      '\0',
      'é',
      '<b>',
    );
    const near = args.map((given) => syntax.format(given)).chain((formatted) => damaged(formatted, symbols));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: symbols }), near), (argument) => {
        try {
          syntax.parse(argument);
        } catch (error) {
          assert.ok(error instanceof SyntaxFailure, String(error));
          assert.doesNotMatch(error.message, /<b>|[\0é]/);
        }
      }),
    );
  });
}

/** The text with one of its characters replaced, or one put in. */
function damaged(formatted: string, symbols: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(formatted.length), fc.nat(1), symbols)
    .map(([at, replaced, symbol]) => formatted.slice(0, at) + symbol + formatted.slice(at + replaced));
}
