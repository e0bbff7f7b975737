import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeText } from '../core/index.ts';
import { type Line, LineSplitter } from './line-splitter.ts';
import { formatReply, multiline, type Reply, reply } from './reply.ts';
import { ReplyFailure, ReplyReader } from './reply-reader.ts';

const LIMITS = { decode: decodeText, maxReplyBytes: 1000, maxReplyLines: 10 };

/** All replies in these lines; an unfinished one at the end is left out. */
function read(lines: readonly string[], limits: Partial<typeof LIMITS> = {}): Reply[] {
  const reader = new ReplyReader({ ...LIMITS, ...limits });
  return lines.flatMap((line) => reader.push(line === 'too-long' ? line : Buffer.from(line)) ?? []);
}

const failsWith = (code: string) => (error: unknown) => error instanceof ReplyFailure && error.code === code;

test('one line is a reply, with a text, an empty one or none', () => {
  assert.deepEqual(read(['220 Ready', '200 ', '226', '331  two spaces']), [
    { code: 220, lines: ['Ready'] },
    { code: 200, lines: [''] },
    { code: 226, lines: [''] },
    { code: 331, lines: [' two spaces'] },
  ]);
});

const MULTILINE: readonly (readonly [meaning: string, sent: readonly string[], lines: readonly string[]])[] = [
  ['the code at both ends', ['123-a', '123 b'], ['a', 'b']],
  ['the code in each line', ['123-a', '123-b', '123-c', '123 d'], ['a', 'b', 'c', 'd']],
  ['lines within without a code', ['123-a', 'b', '', '  c', '123 d'], ['a', 'b', '', '  c', 'd']],
  [
    'lines within that begin with other codes',
    ['123-a', '456 b', '12 c', '1234 d', '123 e'],
    ['a', '456 b', '12 c', '1234 d', 'e'],
  ],
  ['lines within that begin with a space and the code', ['123-a', ' 123 b', '123 c'], ['a', ' 123 b', 'c']],
  ['empty texts', ['123-', '123-', '123 '], ['', '', '']],
  ['the code alone at the end', ['123-a', '123'], ['a', '']],
  ['a first line alone that is empty', ['123-', '123 b'], ['', 'b']],
];

for (const [meaning, sent, lines] of MULTILINE) {
  test(`several lines are one reply: ${meaning}`, () => {
    assert.deepEqual(read([...sent, '200 next']), [
      { code: 123, lines },
      { code: 200, lines: ['next'] },
    ]);
  });
}

test('a reply that another code has ended is taken as it stands, with its first code, and only then', () => {
  const reader = new ReplyReader(LIMITS);
  const taken = ['211-a', ' b', '200 c', 'd', '226 e'].map((line) => {
    reader.push(Buffer.from(line));
    const copy = line === '226 e' ? reader.takeMisended() : undefined;
    return copy;
  });
  assert.deepEqual(taken.at(-1), { code: 211, lines: ['a', ' b', '200 c', 'd', '226 e'] });
  assert.equal(reader.isPartial, false);
  reader.push(Buffer.from('211-a'));
  for (const line of [' b', '200-c', '200', 'd']) {
    reader.push(Buffer.from(line));
    assert.equal(reader.takeMisended(), undefined, line);
  }
});

test('what ends with a refusal is refused, and a refusal that ends otherwise too', () => {
  for (const [first, last, code] of [
    ['226-Scanning', '550 Virus found', 550],
    ['250-Deleting', '450 Busy', 450],
    ['550-No', '226 Done', 550],
    ['550-No', '450 Later', 550],
  ] as const) {
    const reader = new ReplyReader(LIMITS);
    for (const line of [first, last]) reader.push(Buffer.from(line));
    assert.equal(reader.takeMisended()?.code, code, `${first} ${last}`);
  }
});

test('a line ends a reply as it stands where it has three digits, a space, and the code of what has begun', () => {
  const reader = new ReplyReader(LIMITS);
  const ends = (line: string): boolean => reader.isEndedBy(Buffer.from(line));
  assert.deepEqual(['220 a', '220 ', '220', '220-a', '22', 'a'].map(ends), [true, true, false, false, false, false]);
  reader.push(Buffer.from('211-a'));
  assert.deepEqual(['211 b', '220 b', ' 211 b'].map(ends), [true, false, false]);
});

test('a reply is partial from its first line to its last', () => {
  const reader = new ReplyReader(LIMITS);
  const states = ['200 x', '211-a', ' b', '211 c'].map((line) => {
    reader.push(Buffer.from(line));
    return reader.isPartial;
  });
  assert.deepEqual(states, [false, true, true, false]);
});

test('what is no reply is a failure that repeats nothing of it', () => {
  for (const line of [
    '',
    ' 220 x',
    'SSH-2.0-x',
    '22 x',
    '2200 x',
    '220x',
    '220\tx',
    '099 x',
    '660 x',
    '700 x',
    '٢٢٠ x',
    '1e2 x',
  ]) {
    assert.throws(() => read([line]), failsWith('malformed'), line);
  }
  assert.throws(
    () => read(['<b>']),
    (error) => error instanceof Error && !error.message.includes('<b>'),
  );
  assert.deepEqual(
    read(['100 x', '659 x']).map(({ code }) => code),
    [100, 659],
  );
});

test('a line that is too long fails as the first one, and is left out within a reply', () => {
  assert.throws(() => read(['too-long']), failsWith('too-long'));
  assert.deepEqual(read(['211-a', 'too-long', '211 b']), [{ code: 211, lines: ['a', 'b'] }]);
});

test('lines that are left out count as lines, and not as bytes', () => {
  assert.equal(read(['211-a', 'too-long', '211 b'], { maxReplyBytes: 10 }).length, 1);
  const endless = ['211-a', ...Array.from({ length: 10 }, () => 'too-long')];
  assert.throws(() => read(endless), failsWith('too-long'));
});

test('a reply may have as many lines and bytes as its limits say, and no more', () => {
  assert.equal(read(['211-a', 'b', '211 c'], { maxReplyLines: 3 }).length, 1);
  assert.throws(() => read(['211-a', 'b', '211 c'], { maxReplyLines: 2 }), failsWith('too-long'));
  assert.equal(read(['211-a', 'b', '211 c'], { maxReplyBytes: 11 }).length, 1);
  assert.throws(() => read(['211-a', 'b', '211 c'], { maxReplyBytes: 10 }), failsWith('too-long'));
  assert.equal(read(['200 a', '200 a', '200 a'], { maxReplyBytes: 5, maxReplyLines: 1 }).length, 3);
  assert.throws(() => read(['200 ab'], { maxReplyBytes: 5 }), failsWith('too-long'));
});

test('a reply that is formatted is read as itself, a space before each line within', () => {
  const line = fc.string().map((text) => text.replace(/[^ -~]/g, '-'));
  const code = fc.integer({ min: 100, max: 659 });
  const splitter = new LineSplitter(1000);
  const reader = new ReplyReader({ ...LIMITS, maxReplyLines: 100, maxReplyBytes: 100_000 });
  const readAll = (bytes: Buffer) => {
    splitter.push(bytes);
    const replies: Reply[] = [];
    for (let next = splitter.next(); next !== undefined; next = splitter.next()) {
      const whole = reader.push(next);
      if (whole !== undefined) replies.push(whole);
    }
    return replies;
  };
  fc.assert(
    fc.property(code, line, fc.array(line), line, (code, first, within, last) => {
      const lines = [first, ...within.map((text) => ` ${text}`), last];
      assert.deepEqual(readAll(formatReply(multiline(code, first, within, last))), [{ code, lines }]);
      assert.deepEqual(readAll(formatReply(reply(code, first))), [{ code, lines: [first] }]);
    }),
  );
});

test('whatever comes is a reply, a part of one, or a ReplyFailure', () => {
  const bytes = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));
  const near = fc
    .string({ unit: fc.constantFrom('2', '1', '-', ' ', 'a'), maxLength: 8 })
    .map((text) => Buffer.from(text));
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, near, fc.constant('too-long' as const))), (lines: readonly Line[]) => {
      const reader = new ReplyReader(LIMITS);
      try {
        for (const line of lines) {
          const whole = reader.push(line);
          if (whole !== undefined) assert.ok(whole.code >= 100 && whole.code <= 659);
        }
      } catch (error) {
        assert.ok(error instanceof ReplyFailure, String(error));
      }
    }),
  );
});
