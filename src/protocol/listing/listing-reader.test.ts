import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeText, type Entry, encodeText } from '../../core/index.ts';
import { FACTS, formatFacts } from './facts.ts';
import type { ListedEntry } from './listed-entry.ts';
import { ListingReader, type ListingReaderOptions } from './listing-reader.ts';
import { formatUnixLine } from './unix-line.ts';

const NOW = new Date('2026-07-01T12:00:00Z');

function reader(options: Partial<ListingReaderOptions> = {}): ListingReader {
  return new ListingReader({ format: 'lines', decode: decodeText, now: NOW, maxLineBytes: 1000, ...options });
}

function read(bytes: Uint8Array, listing = reader()): ListedEntry[] {
  return [...listing.push(bytes), ...listing.end()];
}

const namesIn = (text: string, listing?: ListingReader) => read(encodeText(text), listing).map(({ name }) => name);

const line = (name: string) => `-rw-r--r--   1 ftp      ftp             5 Jun 02 03:04 ${name}`;

test('lines end in LF or CRLF, and the last one may have no end', () => {
  assert.deepEqual(namesIn(`${line('a')}\r\n${line('b')}\n\r\n${line('c')}`), ['a', 'b', 'c']);
});

test('what is no line of the dialect is skipped and counted, headings and empty lines are not counted', () => {
  const listing = reader();
  assert.deepEqual(namesIn(`total 12\n\nls: x: denied\n${line('a')}\nwhat is this\ninsgesamt 8\n`, listing), ['a']);
  assert.equal(listing.skipped, 2);
});

test('the first entry decides the dialect for the whole listing', () => {
  const listing = reader();
  assert.equal(listing.dialect, undefined);
  assert.deepEqual(namesIn(`${line('a')}\n01-31-26  09:13AM       <DIR>          b\n${line('c')}\n`, listing), [
    'a',
    'c',
  ]);
  assert.equal(listing.dialect, 'unix');
  assert.equal(listing.skipped, 1);
});

test('the directory itself and the one above are left out and not counted', () => {
  const listing = reader();
  assert.deepEqual(namesIn([line('.'), line('..'), line('...')].join('\n'), listing), ['...']);
  assert.equal(listing.skipped, 0);
});

test('a name that would lead elsewhere is never given out', () => {
  const listing = reader();
  const names = ['../x', '/etc', 'a/b', 'a\0b', 'a\rb', ''];
  assert.deepEqual(namesIn(names.map(line).join('\n'), listing), []);
  assert.equal(listing.skipped, names.length);
});

test('a backslash is a character like others, and spaces at both ends belong to the name', () => {
  assert.deepEqual(namesIn(`${line('..\\a')}\n${line('  b  ')}\r\n`), ['..\\a', '  b  ']);
});

test('a byte 255 is a byte: data connections carry no Telnet', () => {
  const bytes = Buffer.concat([Buffer.from(line('a')), Buffer.from([0xff, 0xf4, 0xff]), Buffer.from('\r\n')]);
  assert.deepEqual(
    read(bytes).map(({ name }) => encodeText(name)),
    [Buffer.from([0x61, 0xff, 0xf4, 0xff])],
  );
});

test('a line may be as long as allowed, and a longer one is skipped and counted once, however it comes', () => {
  const lines = `${line('a')}\r\n${line('bb')}\r\n${line('b'.repeat(5000))}\r\n${line('c')}\n${line('dd')}`;
  for (const size of [1, 7, 100, 10_000]) {
    const listing = reader({ maxLineBytes: line('a').length });
    const names = chunksOf(Buffer.from(lines), size).flatMap((chunk) => listing.push(chunk).map(({ name }) => name));
    assert.deepEqual([...names, ...listing.end()], ['a', 'c']);
    assert.equal(listing.skipped, 3);
  }
});

test('the memory of a chunk may be used again', () => {
  const listing = reader();
  const chunk = Buffer.from(line('abc'));
  listing.push(chunk);
  chunk.fill(0);
  assert.deepEqual(
    listing.end().map(({ name }) => name),
    ['abc'],
  );
});

test('MLSD tells facts in any case, whatever their order, and passes over those that are not known', () => {
  const text =
    'SIZE=5;Type=FILE;x.y=z;Modify=20260102030405.5;UNIX.mode=0644;unix.ownername=ann;UNIX.owner=7;Perm=RAW; a ; b \r\n';
  assert.deepEqual(read(Buffer.from(text), reader({ format: 'facts' })), [
    {
      name: 'a ; b ',
      kind: 'file',
      size: 5,
      modified: new Date('2026-01-02T03:04:05.500Z'),
      modifiedPrecision: 'second',
      mode: 0o644,
      owner: 'ann',
      permissions: 'raw',
    },
  ]);
});

test('MLSD tells links as servers write them', () => {
  const text = ['OS.unix=slink:../x', 'OS.UNIX=symlink', 'os.unix=slink', 'OS.unix=chr-1/3', 'socket']
    .map((type, index) => `type=${type}; ${index}\n`)
    .join('');
  assert.deepEqual(read(Buffer.from(text), reader({ format: 'facts' })), [
    { name: '0', kind: 'link', target: '../x' },
    { name: '1', kind: 'link' },
    { name: '2', kind: 'link' },
    { name: '3', kind: 'other' },
    { name: '4', kind: 'other' },
  ]);
});

test('MLSD: values that can not be are left out, and a line without facts is a name', () => {
  const text =
    'type=file;size=-1;modify=20261302030405;UNIX.mode=9; a\n  b\ntype=file;size; c\nnospace\nsize=9007199254740993; d\n';
  const listing = reader({ format: 'facts' });
  assert.deepEqual(read(Buffer.from(text), listing), [
    { name: 'a', kind: 'file' },
    { name: ' b', kind: 'other' },
    { name: 'd', kind: 'other' },
  ]);
  assert.equal(listing.skipped, 2);
});

test('MLSD: the directory itself is told by its role, and left out where it is shown by its path', () => {
  const listing = reader({ format: 'facts' });
  const text = 'type=cdir;perm=el; d\ntype=cdir; /x/d\ntype=pdir; ..\ntype=pdir; /x\ntype=dir; /y\n';
  assert.deepEqual(read(Buffer.from(text), listing), [
    { name: 'd', kind: 'directory', role: 'cdir', permissions: 'el' },
  ]);
  assert.equal(listing.skipped, 1);
});

test('names in another charset are read by it', () => {
  const bytes = Buffer.concat([Buffer.from('type=file; '), Buffer.from([0x83, 0x5c]), Buffer.from('\r\n')]);
  const decode = (bytes: Uint8Array) => new TextDecoder('shift_jis').decode(bytes);
  assert.deepEqual(read(bytes, reader({ format: 'facts', decode })), [{ name: 'ソ', kind: 'file' }]);
});

const name = fc
  .string({ unit: 'binary', minLength: 1 })
  .filter((name) => name !== '.' && name !== '..' && !/[/\0\r\n]/.test(name) && !name.includes(' -> '))
  .map((name) => decodeText(encodeText(name)));
const word = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '_'), minLength: 1 });
const time = fc.date({
  min: new Date('1000-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const kind = fc.constantFrom('file', 'directory', 'link');
const mode = fc.integer({ min: 0, max: 0o7777 });
/** What both forms of a listing show. */
/** Many servers show numbers for owner and group, and many sizes could be a year. */
const owner = fc.oneof(word, fc.nat({ max: 99_999 }).map(String));
const size = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 9999 }));
const entry: fc.Arbitrary<Entry> = fc
  .record({ name, kind, size, modified: time, mode, owner, group: owner, target: word })
  .map(({ target, ...entry }) => (entry.kind === 'link' ? { ...entry, target } : entry));

test('MLSD: an entry that is formatted is read as itself', () => {
  const withMoreFacts = fc.tuple(entry, time, word).map(([entry, created, unique]) => ({ ...entry, created, unique }));
  fc.assert(
    fc.property(fc.array(withMoreFacts), (entries) => {
      const lines = entries.map((entry) => `${formatFacts(entry, FACTS, { allows: () => true })}\r\n`);
      const expected = entries.map(({ size, ...entry }) => ({
        ...entry,
        ...(entry.kind !== 'directory' && { size }),
        modifiedPrecision: 'second',
        permissions: entry.kind === 'directory' ? 'cdeflmp' : 'adfrw',
      }));
      assert.deepEqual(read(encodeText(lines.join('')), reader({ format: 'facts' })), expected);
    }),
  );
});

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

test('LIST: an entry that is formatted is read as itself, its time as far as it is shown', () => {
  const recent = fc.integer({ min: 0, max: 500 * DAY_MS }).map((ageMs) => new Date(NOW.getTime() - ageMs));
  const dated = fc.tuple(entry, recent).map(([entry, modified]) => ({ ...entry, modified }));
  fc.assert(
    fc.property(fc.array(fc.oneof(dated, entry)), (entries) => {
      const lines = entries.map((entry) => `${formatUnixLine(entry, NOW)}\r\n`);
      const expected = entries.map(({ modified, ...entry }) => {
        const ageMs = NOW.getTime() - modified.getTime();
        const isRecent = ageMs >= 0 && ageMs < 182 * DAY_MS;
        const stepMs = isRecent ? MINUTE_MS : DAY_MS;
        return {
          ...entry,
          modified: new Date(Math.floor(modified.getTime() / stepMs) * stepMs),
          modifiedPrecision: isRecent ? 'minute' : 'day',
        };
      });
      assert.deepEqual(read(encodeText(lines.join(''))), expected);
    }),
  );
});

/** Pieces of lines in every dialect, so that random lines come near to real ones. */
const piece = fc.oneof(
  fc.constantFrom(
    '-rw-r--r--',
    'lrwxrwxrwx',
    ' 1 ',
    'ftp ',
    '5 ',
    'Jun 02 03:04 ',
    'Jun 02  2001 ',
    '2026-01-02 03:04 ',
  ),
  fc.constantFrom(
    '01-31-26  ',
    '09:13AM  ',
    '<DIR>          ',
    'd [RWCE] ',
    '+i1,m1,/,\t',
    'DIR ',
    'type=file;',
    'size=5; ',
  ),
  fc.constantFrom('A.TXT;1 ', '2/9 ', '2-JUN-1998 ', '07:32 ', '*STMF ', '02/23/00 ', '15:09:55 ', 'PO '),
  fc.constantFrom(
    ' Volume Dsorg Dsname',
    'Name VV.MM Changed',
    '..',
    '.',
    '/',
    '../x',
    ' -> ',
    '\r',
    '\0',
    '\t',
    ' ',
    ';',
  ),
  fc.string({ maxLength: 4 }),
);
const nearLine = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
const nearListing = fc.array(nearLine, { maxLength: 10 }).map((lines) => Buffer.from(lines.join('\n')));
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  nearListing,
);
const format = fc.constantFrom('facts', 'lines');

test('whatever comes, no name leads out of the directory', () => {
  fc.assert(
    fc.property(anyBytes, format, (bytes, format) => {
      for (const { name } of read(bytes, reader({ format }))) {
        assert.ok(name !== '' && name !== '.' && name !== '..' && !/[/\0\r\n]/.test(name), JSON.stringify(name));
      }
    }),
    { numRuns: 2000 },
  );
});

test('however the bytes are cut, the entries are the same', () => {
  fc.assert(
    fc.property(anyBytes, format, fc.integer({ min: 1, max: 20 }), (bytes, format, size) => {
      const [whole, cut] = [reader({ format, maxLineBytes: 30 }), reader({ format, maxLineBytes: 30 })];
      const pieces = chunksOf(bytes, size).flatMap((chunk) => cut.push(chunk));
      assert.deepEqual([...pieces, ...cut.end()], read(bytes, whole));
      assert.deepEqual([cut.skipped, cut.dialect], [whole.skipped, whole.dialect]);
    }),
    { numRuns: 1000 },
  );
});

/**
 * Lines that make a backtracking expression or a nested loop try every pair of places (GHSA-c475-qrg2-pj4r,
 * GHSA-5rfr-xx34-2xxv). At this length work that is not linear would not end within the time that a test file has.
 */
const HOSTILE_LENGTH = 1_000_000;
const HOSTILE: readonly (readonly [start: string, repeated: string, end: string])[] = [
  ['', ' ', 'x'],
  ['', '1', 'x'],
  ['', '\t1', ''],
  ['', 'a', ' 1x'],
  ['-rw-r--r--', ' 1', ''],
  ['-rw-r--r--', ' 5 Jun 02', ''],
  ['lrw-r--r-- 1 a b 5 Jun 02 03:04 ', ' -', ''],
  ['01-31-26 09:13AM ', '1,', ' x'],
  ['01-31-26 09:13AM <JUNCTION> ', ' [', ']'],
  ['d [', 'R', ''],
  ['+', 'm1,', '\tx'],
  ['', ';1', 'x'],
  ['A;1 1 2-JUN-1998 07:32 [', 'a,', ''],
  ['A;1 1 2-JUN-1998 07:32 [a] ', '(', ''],
  ['', '*', ' x'],
  ['', 'a=b;', ' x'],
  ['type=', 'a:', '; x'],
  ['modify=', '1', '; x'],
];

test('a hostile line costs no more than its length', () => {
  for (const [start, repeated, end] of HOSTILE) {
    const bytes = Buffer.from(`${start}${repeated.repeat(HOSTILE_LENGTH / repeated.length)}${end}\n`);
    for (const format of ['facts', 'lines'] as const) {
      const listing = reader({ format, maxLineBytes: bytes.length });
      assert.ok(listing.push(bytes).length + listing.skipped <= 1);
    }
  }
});

function chunksOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
