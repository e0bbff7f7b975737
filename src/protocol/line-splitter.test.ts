import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Line, LineSplitter } from './line-splitter.ts';

const MAX = 8;

/** Bytes of which most mean something to the splitter. */
const wireBytes = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(0x0a, 0x0d, 0x00, 0xff) },
      { weight: 2, arbitrary: fc.integer({ min: 0xf0, max: 0xff }) },
      { weight: 4, arbitrary: fc.constantFrom(0x41, 0x20, 0x22, 0x5c, 0xc3, 0x80) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
    ),
    { maxLength: 120 },
  )
  .map((bytes) => Buffer.from(bytes));

interface Heard {
  readonly lines: readonly string[];
  readonly answers: string;
}

/** What comes out when the bytes arrive cut at `cuts`. */
function hear(bytes: Buffer, cuts: readonly number[], maxLineBytes = MAX): Heard {
  const splitter = new LineSplitter(maxLineBytes);
  const lines: string[] = [];
  let answers = '';
  const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  edges.slice(1).forEach((end, index) => {
    answers += splitter.push(bytes.subarray(edges[index], end)).toString('hex');
    lines.push(...taken(splitter).map(shown));
  });
  return { lines, answers };
}

function taken(splitter: LineSplitter): Line[] {
  const lines: Line[] = [];
  for (let line = splitter.next(); line !== undefined; line = splitter.next()) lines.push(line);
  return lines;
}

function shown(line: Line): string {
  return line === 'too-long' ? line : `<${line.toString('latin1')}>`;
}

/** The same rules, written down the slow and plain way: byte by byte, with everything in memory. */
function heardPlainly(bytes: Buffer): Heard {
  const data: number[] = [];
  const answers: number[] = [];
  for (let index = 0; index < bytes.length; index += 1) {
    const [byte = 0, command, option] = bytes.subarray(index, index + 3);
    if (byte !== 0xff) {
      data.push(byte);
      continue;
    }
    if (command === undefined) break;
    if (command < 0xf0) continue;
    index += 1;
    if (command === 0xff) data.push(0xff);
    if (command < 0xfb || command === 0xff) continue;
    if (option === undefined) break;
    index += 1;
    if (command === 0xfb) answers.push(0xff, 0xfe, option);
    if (command === 0xfd) answers.push(0xff, 0xfc, option);
  }
  const pieces = Buffer.from(data).toString('latin1').split('\n');
  const unfinished = pieces.pop() ?? '';
  const lines = pieces.map((piece) => {
    const line = piece.endsWith('\r') ? piece.slice(0, -1) : piece;
    return line.length > MAX ? 'too-long' : `<${line.replaceAll('\r\0', '\r')}>`;
  });
  if (unfinished.replace(/\r$/, '').length > MAX) lines.push('too-long');
  return { lines, answers: Buffer.from(answers).toString('hex') };
}

test('a stream gives the same lines and answers wherever it is cut', () => {
  fc.assert(
    fc.property(wireBytes, fc.array(fc.nat(120), { maxLength: 20 }), (bytes, cuts) => {
      assert.deepEqual(hear(bytes, cuts), heardPlainly(bytes));
    }),
    { numRuns: 2000 },
  );
});

test('a stream that comes byte by byte gives the same lines as one that comes whole', () => {
  fc.assert(
    fc.property(wireBytes, (bytes) => {
      assert.deepEqual(hear(bytes, Array.from(bytes.keys())), hear(bytes, []));
    }),
  );
});

test('lines end in CRLF or in a bare LF', () => {
  assert.deepEqual(hear(Buffer.from('A\r\nB\n\r\n\nC'), []).lines, ['<A>', '<B>', '<>', '<>']);
});

test('CR NUL is a CR inside the line, and any other NUL stays', () => {
  assert.deepEqual(hear(Buffer.from('a\r\0\0b\r\n\0c\r\nd\re\n'), []).lines, ['<a\r\0b>', '<\0c>', '<d\re>']);
});

test('Telnet options are refused, other Telnet commands vanish, a doubled IAC is a byte 255', () => {
  const bytes = Buffer.from('\xff\xf4\xff\xf2AB\xff\xfd\x01OR\xff\xfb\x03\xff\xfe\x01\xff\xff\r\n', 'latin1');
  assert.deepEqual(hear(bytes, []), { lines: ['<ABOR\xff>'], answers: 'fffc01fffe03' });
});

test('a byte that cannot follow IAC is data, since the command between them went as urgent data', () => {
  assert.deepEqual(hear(Buffer.from('\xff\xf4\xffABOR\r\n', 'latin1'), []).lines, ['<ABOR>']);
});

test('a line of the greatest length is taken, and one byte more is too long', () => {
  assert.deepEqual(hear(Buffer.from('12345678\r\n123456789\r\nNOOP\r\n'), []).lines, [
    '<12345678>',
    'too-long',
    '<NOOP>',
  ]);
});

test('a line that never ends is reported once, at once, and keeps no memory', () => {
  const splitter = new LineSplitter(8192);
  const flood = Buffer.alloc(65_536, 0x41);
  const lines: string[] = [];
  for (let megabyte = 0; megabyte < 16; megabyte += 1) {
    splitter.push(flood);
    lines.push(...taken(splitter).map(shown));
    assert.deepEqual(lines, ['too-long']);
  }
  splitter.push(Buffer.from('A\r\nNOOP\r\n'));
  assert.deepEqual(taken(splitter).map(shown), ['<NOOP>']);
});

test('a chunk of nothing but line ends gives one empty line for each', () => {
  const splitter = new LineSplitter(8192);
  splitter.push(Buffer.alloc(65_536, 0x0a));
  const lines = taken(splitter);
  assert.equal(lines.length, 65_536);
  assert.ok(lines.every((line) => line.length === 0));
});

test('a line handed out is not changed by what comes after it', () => {
  const splitter = new LineSplitter(64);
  for (const piece of ['US', 'ER a', 'nn\r\nPASS ', 'x\r\n']) splitter.push(Buffer.from(piece));
  const [first, second] = taken(splitter);
  splitter.push(Buffer.from('NOOP NOOP NOOP\r\n'));
  assert.equal(first?.toString(), 'USER ann');
  assert.equal(second?.toString(), 'PASS x');
});

test('the beginning of a line does not change with the memory that it came in', () => {
  const splitter = new LineSplitter(64);
  const memory = Buffer.from('USER');
  splitter.push(memory);
  assert.equal(splitter.next(), undefined);
  memory.fill(0);
  splitter.push(Buffer.from(' ann\r\n'));
  assert.equal(splitter.next()?.toString(), 'USER ann');
});

test('discard drops whole lines, the beginning of a line and half a Telnet command, and counts them', () => {
  const splitter = new LineSplitter(64);
  splitter.push(Buffer.from('AUTH TLS\r\nUSER evil\r\nPA\xff', 'latin1'));
  assert.equal(splitter.next()?.toString(), 'AUTH TLS');
  assert.equal(splitter.discard(), 'USER evil\r\nPA\xff'.length);
  splitter.push(Buffer.from('\xf4NOOP\r\n', 'latin1'));
  assert.deepEqual(taken(splitter).map(shown), ['<\xf4NOOP>']);
});

test('discard counts what was kept of an unfinished line, also of one that is too long', () => {
  for (const sent of ['', 'USER', 'USER evil and more']) {
    const splitter = new LineSplitter(8);
    splitter.push(Buffer.from(sent));
    taken(splitter);
    assert.equal(splitter.discard(), sent.length);
    assert.equal(splitter.discard(), 0);
  }
});
