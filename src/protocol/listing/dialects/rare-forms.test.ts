import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from '../../../core/index.ts';
import { ListingReader } from '../listing-reader.ts';

/** An entry as `kind|size|time|name`, with what is not told as `-`. */
function shown(lines: readonly (string | Buffer)[], format: 'lines' | 'facts' = 'lines'): string[] {
  const now = new Date('2026-07-01T12:00:00Z');
  const reader = new ListingReader({ format, decode: decodeText, now, maxLineBytes: 1000 });
  const entries = lines.flatMap((line) => reader.push(Buffer.concat([Buffer.from(line), Buffer.from('\r\n')])));
  assert.deepEqual([reader.skipped, reader.firstSkipped], [0, undefined]);
  return entries.map(({ kind, size = '-', modified, modifiedPrecision: precision, name }) => {
    const time = modified?.toISOString().slice(0, { day: 10, minute: 16, second: 19 }[precision ?? 'second']);
    return [kind, size, time ?? '-', name].join('|');
  });
}

const unix = (rest: string): string => `-rw-r--r--   1 ann      staff    ${rest}`;

const SAMPLES: readonly (readonly [title: string, lines: readonly (string | Buffer)[], entries: readonly string[]])[] =
  [
    [
      'a group that is glued to the size',
      ['-rw-r--r-- annabella accounting4711 Feb 12 17:20 a'],
      ['file|-|2026-02-12T17:20|a'],
    ],
    ['a mode that lacks a letter', ['drw-r--rw   2 ann staff 512 Apr 08  2024 a'], ['directory|512|2024-04-08|a']],
    [
      'sizes by a letter',
      [unix('33.5k Oct 5 21:22 a b'), unix('2M Oct 5 2020 c')],
      ['file|-|2025-10-05T21:22|a b', 'file|-|2020-10-05|c'],
    ],
    ['24:00', [unix('3 Apr 30 24:00 a')], ['file|3|2026-05-01T00:00|a']],
    [
      'a month in a language that is not known',
      [unix('3 Gruod 29 13:14 a b'), unix('3 29. Gruod. 2020 c')],
      ['file|3|-|a b', 'file|3|-|c'],
    ],
    [
      'months with points and commas',
      [unix('3 26. Juli, 20:10 a'), unix('3 30. Jan., 12:40 b'), unix('3 szept 26 2020 c')],
      ['file|3|2025-07-26T20:10|a', 'file|3|2026-01-30T12:40|b', 'file|3|2020-09-26|c'],
    ],
    [
      'days in numbers',
      [unix('3 24-04-2020 17:12 a'), unix('3 04-24-2020 17:12 b'), unix('3 2020.07.15   c d'), unix('3 07-15 2020 e')],
      ['file|3|2020-04-24T17:12|a', 'file|3|2020-04-24T17:12|b', 'file|3|2020-07-15|c d', 'file|3|2020-07-15|e'],
    ],
    [
      'days in numbers of no certain order, without a time',
      [unix('3 04-05-2020 17:12 a'), unix('3 3 29 03:26 b')],
      ['file|3|-|a', 'file|3|-|b'],
    ],
    [
      'a month between dashes',
      [unix('3 01-jun-99 a b'), unix('3 01-Jun-2020 10:11 c')],
      ['file|3|1999-06-01|a b', 'file|3|2020-06-01T10:11|c'],
    ],
    [
      'a year before the time',
      ['-rwxr-xr-x    1 ann staff        9 Oct 08, 2002 09:47 a'],
      ['file|9|2002-10-08T09:47|a'],
    ],
    [
      'months in Shift-JIS, and a year first',
      [Buffer.from(unix('3 4\x8c\x8e 18\x93\xfa 2003\x94\x4e a'), 'latin1'), unix('3 2005년  1월  6일 b')],
      ['file|3|2003-04-18|a', 'file|3|2005-01-06|b'],
    ],
    ['no date at all, where the name is one word', ['drwxr-xr-x 3 ann staff 512 a'], ['directory|512|-|a']],
    [
      'modes in numbers',
      ['0100644   500  101   12345    1234567890       a b', '040755 500 101 4096 1234567890 c'],
      ['file|12345|2009-02-13T23:31:30|a b', 'directory|-|2009-02-13T23:31:30|c'],
    ],
    [
      'VShell',
      ['206876  Apr 04, 2020 21:06 a b', '0  Dec 12, 2020 02:13 c/'],
      ['file|206876|2020-04-04T21:06|a b', 'directory|-|2020-12-12T02:13|c'],
    ],
    [
      'VxWorks',
      [
        '  size          date       time       name',
        '--------       ------     ------    --------',
        '512    Feb-28-2020  05:23:30   A <DIR>',
        '12 Feb-28-2020  05:23:31 b.txt',
      ],
      ['directory|-|2020-02-28T05:23:30|A', 'file|12|2020-02-28T05:23:31|b.txt'],
    ],
    ['Nortel', ['a.cfg       1014196  06/23/20  Thur.   10:20:03'], ['file|1014196|2020-06-23T10:20:03|a.cfg']],
    [
      'OS-9',
      ['20.20 07/03/29 1026 d-ewrewr 2650 85920 A', '20.20 07/03/29 1026 --ewrewr 2650 859 b'],
      ['directory|-|-|A', 'file|859|-|b'],
    ],
    [
      'OS/2 with years since 1900',
      ['36611      A    04-23-103  10:57  a b', '    0 DIR       02-11-103  16:15  C'],
      ['file|36611|2003-04-23T10:57|a b', 'directory|0|2003-02-11T16:15|C'],
    ],
    [
      'OpenVMS without a time of day',
      [
        'A.TXT;1    2/8    7-JAN-2020    [GROUP]   (RWED,RWED,RE,)',
        'B.TXT;1    6/8    15-JUI-2020    OWNER   (RWED,RWED,RE,)',
      ],
      ['file|-|2020-01-07|A.TXT', 'file|-|2020-07-15|B.TXT'],
    ],
    [
      'OpenVMS with other orders of fields',
      [
        'A.TXT;1   [OWNER]    1/3     2-AUG-2020 13:05  (RWE,RWE,RE,)',
        'B.TXT;1       17-JUN-2020 17:25:37     6308/13     (RWED,RWED,R,)',
        'C.TXT;1 2KB 23-SEP-2020 14:57:07.27',
      ],
      ['file|-|2020-08-02T13:05|A.TXT', 'file|-|2020-06-17T17:25:37|B.TXT', 'file|-|2020-09-23T14:57:07|C.TXT'],
    ],
    [
      'MultiNet',
      [
        'DISK$USERS:[ANONYMOUS]',
        'CORE.DIR;1          1   8-SEP-2020 16:09 [SYSTEM] (RWE,RWE,RE,RE)',
        'Total of 1 blocks in 1 file.',
      ],
      ['directory|-|2020-09-08T16:09|CORE'],
    ],
    [
      'HP NonStop',
      [
        'File         Code             EOF  Last Modification    Owner  RWEP',
        'CONFIG  O 101  528 6-Apr-20 14:21:18 255, 0 "oooo"',
        'DATA  1729A  16384 15-Aug-20 11:44:56 244,255 "nuno"',
      ],
      ['file|528|2020-04-06T14:21:18|CONFIG', 'file|16384|2020-08-15T11:44:56|DATA'],
    ],
    [
      'z/OS JES',
      [
        'JOBNAME  JOBID    OWNER    STATUS CLASS',
        'ANN1A    JOB01854 ANN      OUTPUT A        RC=0000 6 spool files',
        'ANN1B    JOB01855 ANN      ACTIVE A',
      ],
      ['file|-|-|JOB01854', 'file|-|-|JOB01855'],
    ],
    [
      'z/VM',
      [
        'PROFILE  EXEC     V        65      107        2 2020-10-04 15:28:42 ANN191',
        'FILES    DIR        -          -          - 10/24/20 15:28:43 -',
      ],
      ['file|-|2020-10-04T15:28:42|PROFILE.EXEC', 'directory|-|2020-10-24T15:28:43|FILES'],
    ],
    [
      'NetWare with other rights',
      ['-[R----F--] ann     512 Jan 16 18:53 a', 'd [RWCE FMS] ann   512 Jan 16 18:53 b'],
      ['file|512|2026-01-16T18:53|a', 'directory|512|2026-01-16T18:53|b'],
    ],
    [
      'OS/400 save files',
      ['ANN    36864 28.09.20 14:21:26 *FILE      A.SAVF', 'ANN    77824 28.09.20 14:21:26 *FILE      B.FILE/'],
      ['file|36864|2020-09-28T14:21:26|A.SAVF', 'directory|77824|2020-09-28T14:21:26|B.FILE'],
    ],
  ];

for (const [title, lines, entries] of SAMPLES) {
  test(`LIST is read: ${title}`, () => {
    assert.deepEqual(shown(lines), entries);
  });
}

test('facts may be parted from the name by a tab', () => {
  assert.deepEqual(shown(['size=5;type=file;\ta 2009-07-22 b'], 'facts'), ['file|5|-|a 2009-07-22 b']);
});

test('a part of a date that is not understood is never taken for a part of the name', () => {
  const now = new Date('2026-07-01T12:00:00Z');
  const reader = new ListingReader({ format: 'lines', decode: decodeText, now, maxLineBytes: 1000 });
  const lines = [
    unix('3 Feb 30 12:00 a'),
    unix('3 2020|07|15 12:00 a'),
    unix('3 32 45 12:00 a'),
    unix('3 yesterday 12:00 a'),
  ];
  assert.deepEqual(reader.push(Buffer.from(`${lines.join('\n')}\n`)), []);
  assert.deepEqual([reader.skipped, reader.firstSkipped], [4, lines[0]]);
});
