import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseChecksumReply, parseHashReply } from './checksum-reply.ts';
import { parseCurrentDirectory } from './directory-reply.ts';
import { parseFeatures } from './features-reply.ts';
import { parseAnnouncedSize, parseSizeReply, parseTimeReply } from './file-replies.ts';
import { parseFactsReply } from './listing/read-facts.ts';
import { parseExtendedPassiveReply, parsePassiveReply } from './passive-reply.ts';
import type { Reply } from './reply.ts';

/** Everything that a client reads out of replies, with the code that each looks for. */
const READERS: readonly (readonly [code: number, read: (reply: Reply) => unknown])[] = [
  [150, (reply) => parseAnnouncedSize(reply, '/f')],
  [211, parseFeatures],
  [213, parseHashReply],
  [213, parseSizeReply],
  [213, parseTimeReply],
  [227, parsePassiveReply],
  [229, parseExtendedPassiveReply],
  [250, (reply) => parseChecksumReply(reply, 'CRC32')],
  [250, parseFactsReply],
  [257, parseCurrentDirectory],
];

test('whatever a reply says, it is understood or not, and nothing is thrown', () => {
  const near = fc.string({
    unit: fc.constantFrom('1', '9', ',', '|', '(', ')', '"', ' ', '-', '=', ';', 'a', '.', '\0'),
  });
  const text = fc.oneof(near, fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (first, more) => {
      for (const [code, read] of READERS) read({ code, lines: [first, ...more] });
    }),
    { numRuns: 1000 },
  );
});

/** Work that is not linear would not end within the time that a test file has. */
const HOSTILE_LENGTH = 1_000_000;

test('a hostile reply costs no more than its length', () => {
  for (const repeated of [
    '1',
    '1,',
    '1, ',
    ',',
    '|',
    '|||1',
    '(',
    '"',
    '""',
    ' ',
    'a ',
    'a=b;',
    '0-',
    '1 bytes',
    '213-',
  ]) {
    const text = repeated.repeat(HOSTILE_LENGTH / repeated.length);
    for (const [code, read] of READERS) {
      for (const line of [text, `${text}x`, `x ${text} x`]) assert.doesNotThrow(() => read({ code, lines: [line] }));
    }
  }
});
