import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseList as parseOriginally } from 'basic-ftp';
import * as fc from 'fast-check';
import { FileInfo, FileType, parseList } from './index.ts';

const unix = [
  'total 112',
  'drwxr-xr-x  17 patrick  staff        544 Dec 11 14:35 .',
  'drwxr-xr-x+  3 root     admin        102 Nov  1  2016 ..',
  '-rw-r--r--+  1 patrick  staff       1057 Dec 11 14:35 test.txt',
  'drwxrwxr-t   2 a        group of six 512 Apr  8  1994 etc',
  'lrwxrwxrwx   1 root     other          7 Jan 25 00:17 bin -> usr/bin',
  '-rwsr-Sr-T   1 owner    group          3 2026-01-31 09:13  leading space',
  '----------   1 owner    group    1803128 Jul 10 10:18 ls-lR.Z',
  'prw-r--r--   1 owner    group          0 18 Nov 2018 pipe',
  'brw-rw----   1 root     disk      8,   1 Feb  5 22:55 sda1',
  '   1234 -rw-r--r-- 1 owner group 5 Feb  5 22:55 with an inode',
  '-rw-r--r--   1 500 21 7 Jun 3 18:32 5 Nov 2020 10:00 name',
  'srwxrwxrwx   1 owner    group          0 Feb  5 22:55 socket',
];
const dos = [
  '12-05-96  05:03PM       <DIR>          myDir',
  '11-14-97  04:21PM                  953 MYFILE.INI',
  '05-22-97  08:08AM                  828 a name with spaces',
  '2017-03-30  14:11             12345 other.txt',
];
const facts = [
  'type=cdir;sizd=4096;modify=20190419065730; /here',
  'type=pdir;sizd=4096;modify=20190419065730; ..',
  'type=file;size=15227;modify=20190419065730;perm=el;unix.mode=0644;unix.owner=500;unix.group=501; test one',
  'Type=dir;sizd=0;Modify=20190419065730.014;UNIX.ownername=alice;UNIX.owner=1;unique=g1; folder',
  'type=OS.unix=slink:/usr/bin;size=7;modify=19980615100045; link',
  'type=OS.unix=symlink;unique=g1; resolved',
  'type=file;unique=g2; /elsewhere/target',
  'type=OS.unix=symlink;unique=g2; leads elsewhere',
  'type=OS.unix=chr-13/29;size=0; device',
  ' no facts',
];

for (const [name, lines] of Object.entries({ unix, dos, facts })) {
  test(`a listing of the form ${name} is read as basic-ftp reads it`, () => {
    const whole = lines.join('\r\n');
    assert.deepEqual(parseList(whole).map(plain), parseOriginally(whole).map(plain));
    for (const line of lines) assert.deepEqual(parseList(line).map(plain), parseOriginally(line).map(plain), line);
  });
}

test('an empty listing has no entries', () => {
  for (const text of ['', '\r\n', ' \n\t\n', 'total 0\r\n']) assert.deepEqual(parseList(text), []);
});

test('a listing that nobody understands is an error', () => {
  assert.throws(() => parseList('no such thing'), /not known/);
});

test('forms that basic-ftp does not know are read too', () => {
  const [file] = parseList('+i8388621.29609,m824255902,/,\tdev\r\n');
  assert.ok(file instanceof FileInfo);
  assert.equal(file.name, 'dev');
  assert.equal(file.type, FileType.Directory);
});

test('whatever a server lists is read in a time that grows with its length, and throws nothing else', () => {
  const piece = fc.constantFrom('=', ';', ' ', 'a', '1', ',', '-rw-r--r-- ', 'Jan ', '12:00 ', 'type=', '\n', '<DIR>');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 2000 }), (pieces) => {
      try {
        parseList(pieces.join(''));
      } catch (error) {
        assert.match(String(error), /not known/);
      }
    }),
  );
  for (const part of ['=', ' ', 'a ', '1 ', '1,', '-rw-r--r-- 1 a ', '01 ', 'Jan 1 ']) {
    assert.doesNotThrow(() => parseList(`${part.repeat(200_000)}\ntype=file; x`));
  }
});

test('FileType gives its names', () => {
  assert.equal(FileType[FileType.SymbolicLink], 'SymbolicLink');
  assert.deepEqual(FileInfo.UnixPermission, { Read: 4, Write: 2, Execute: 1 });
});

/** What a program sees of it, apart from its class. */
function plain(file: object) {
  return { ...file };
}
