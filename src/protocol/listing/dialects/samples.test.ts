import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from '../../../core/index.ts';
import { ListingReader } from '../listing-reader.ts';

const NOW = new Date('2026-07-01T12:00:00Z');

/** An entry as `kind size time precision name -> target`, and what else it has. */
function shown(lines: readonly string[], utcOffsetMinutes = 0): { dialect: string | undefined; entries: string[] } {
  const reader = new ListingReader({
    format: 'lines',
    decode: decodeText,
    now: NOW,
    utcOffsetMinutes,
    maxLineBytes: 1000,
  });
  const listed = [...reader.push(Buffer.from(`${lines.join('\r\n')}\r\n`)), ...reader.end()];
  const entries = listed.map(({ kind, size, modified, modifiedPrecision, name, target, ...more }) => {
    const time = modified?.toISOString().slice(0, { day: 10, minute: 16, second: 19 }[modifiedPrecision ?? 'second']);
    const facts = Object.entries(more).map(
      ([key, value]) => `${key}=${key === 'mode' ? Number(value).toString(8) : String(value)}`,
    );
    return [kind, size ?? '-', time ?? '-', name + (target === undefined ? '' : ` -> ${target}`), ...facts].join('|');
  });
  return { dialect: reader.dialect, entries };
}

const SAMPLES: readonly (readonly [
  meaning: string,
  dialect: string,
  lines: readonly string[],
  entries: readonly string[],
])[] = [
  [
    'ls -l',
    'unix',
    [
      'total 24',
      '-rw-r--r--   1 ann      staff         4771 Jan 12  2001 install-sh',
      'drwxr-x---   4 ann      staff         1024 Feb 22 15:32 lib',
      'lrwxrwxrwx   1 ann      staff           33 Feb 14 17:45 conf -> /usr/share/conf',
      '-rwsr-Sr-t   1 1000     1001    5000000000 Jun 30  9:05  led by a space',
    ],
    [
      'file|4771|2001-01-12|install-sh|mode=644|owner=ann|group=staff',
      'directory|1024|2026-02-22T15:32|lib|mode=750|owner=ann|group=staff',
      'link|33|2026-02-14T17:45|conf -> /usr/share/conf|mode=777|owner=ann|group=staff',
      'file|5000000000|2026-06-30T09:05| led by a space|mode=7745|owner=1000|group=1001',
    ],
  ],
  [
    'ls -l without a group, with marks, and with names of several words',
    'unix',
    [
      '-rw-r--r-- 1 ann 12 May 25 12:12 a',
      'drwxrwx---+ 23 ann staff 0 Jan 10 13:09 b',
      'drwxr-x---+1464 ann staff 0 Jan 10 13:09 c',
      '-rw-r--r--. 1 ann staff 7 Jan 10 13:09 d',
      '-rw-r--r--@ 1 ann staff 7 Jan 10 13:09 e',
      'drwx------ 4 ann Domain Users 512 Oct 2 10:59 .f',
      '-rw-r--r--   1 ann  some group 500    83853 Jan 22  2001 g 7 h 2001 i',
    ],
    [
      'file|12|2026-05-25T12:12|a|mode=644|owner=ann',
      'directory|0|2026-01-10T13:09|b|mode=770|owner=ann|group=staff',
      'directory|0|2026-01-10T13:09|c|mode=750|owner=ann|group=staff',
      'file|7|2026-01-10T13:09|d|mode=644|owner=ann|group=staff',
      'file|7|2026-01-10T13:09|e|mode=644|owner=ann|group=staff',
      'directory|512|2025-10-02T10:59|.f|mode=700|owner=ann|group=Domain Users',
      'file|83853|2001-01-22|g 7 h 2001 i|mode=644|owner=ann|group=some group 500',
    ],
  ],
  [
    'devices have two numbers and no size',
    'unix',
    [
      'crw-rw---- 1 root tty 4, 64 Jan 30 11:42 tty',
      'brw------- 1 root sys 109,767 Jul  2  2004 disk@1,0',
      'prw-r--r-- 1 root sys 0 Jul  2  2004 pipe',
      'srw-r--r-- 1 root sys 0 Jul  2  2004 socket',
    ],
    [
      'other|-|2026-01-30T11:42|tty|mode=660|owner=root|group=tty',
      'other|-|2004-07-02|disk@1,0|mode=600|owner=root|group=sys',
      'other|0|2004-07-02|pipe|mode=644|owner=root|group=sys',
      'other|0|2004-07-02|socket|mode=644|owner=root|group=sys',
    ],
  ],
  [
    'other forms of a date',
    'unix',
    [
      '-rw-r--r-- 1 a b 5 2005-04-08 11:22 iso',
      '-rw-r--r-- 1 a b 5 2005-04-08 11:22:33 seconds',
      '-rw-r--r-- 1 a b 5 2005-04-08 11:22:33.123456789 +0230 full',
      '-rw-r--r-- 1 a b 5 04-08 11:22 short',
      '-rw-r--r-- 1 a b 5 2005-04-08  old',
      '-rw-r--r-- 1 a b 5 2005-04-08   old',
      '-rw-r--r-- 1 a b 5 2005-04-08 old',
      '-rw-r--r-- 1 a b 5 8 Apr 11:22 day first',
      '-rw-r--r-- 1 a b 5 8. Apr 2005 day first',
      '-rw-r--r-- 1 a b 5 Apr  8 11:22:33 2005 bsd',
      '-rw-r--r-- 1 a b 5 Apr  8 11:22:33 seconds',
    ],
    [
      'file|5|2005-04-08T11:22|iso|mode=644|owner=a|group=b',
      'file|5|2005-04-08T11:22:33|seconds|mode=644|owner=a|group=b',
      'file|5|2005-04-08T08:52:33|full|mode=644|owner=a|group=b',
      'file|5|2026-04-08T11:22|short|mode=644|owner=a|group=b',
      'file|5|2005-04-08|old|mode=644|owner=a|group=b',
      'file|5|2005-04-08| old|mode=644|owner=a|group=b',
      'file|5|2005-04-08|old|mode=644|owner=a|group=b',
      'file|5|2026-04-08T11:22|day first|mode=644|owner=a|group=b',
      'file|5|2005-04-08|day first|mode=644|owner=a|group=b',
      'file|5|2005-04-08T11:22:33|bsd|mode=644|owner=a|group=b',
      'file|5|2026-04-08T11:22:33|seconds|mode=644|owner=a|group=b',
    ],
  ],
  [
    'months in other languages',
    'unix',
    [
      'Mär 1',
      '1. märz',
      'Févr. 2',
      'août 3',
      'ENE 4',
      'sett 5',
      'fev 6',
      'mrt 7',
      'paź 8',
      'мая 9',
      '10 дек',
      '8月 17日',
      '8月 7',
      '8월 17일',
    ].map((date, index) => `-rw-r--r-- 1 a b 5 ${date} 2005 ${index}`),
    [
      '2005-03-01',
      '2005-03-01',
      '2005-02-02',
      '2005-08-03',
      '2005-01-04',
      '2005-09-05',
      '2005-02-06',
      '2005-03-07',
      '2005-10-08',
      '2005-05-09',
      '2005-12-10',
      '2005-08-17',
      '2005-08-07',
      '2005-08-17',
    ].map((day, index) => `file|5|${day}|${index}|mode=644|owner=a|group=b`),
  ],
  [
    'Japanese',
    'unix',
    ['-rw-rw---- 1 a b 0 6月 3日 2003年 試験.csv', '-rw-rw---- 1 a b 0 5月 17日 20:10 x'],
    ['file|0|2003-06-03|試験.csv|mode=660|owner=a|group=b', 'file|0|2026-05-17T20:10|x|mode=660|owner=a|group=b'],
  ],
  [
    'NetPresenz on a Macintosh',
    'unix',
    [
      '-------r--         326  1391972  1392298 Nov 22  1995 a b.sit',
      'drwxrwxr-x               folder        2 May 10  1996 network',
    ],
    ['file|1392298|1995-11-22|a b.sit|mode=4', 'directory|-|1996-05-10|network|mode=775'],
  ],
  [
    'IIS',
    'dos',
    [
      '07-13-98  09:06PM       <DIR>          aix',
      '07-13-98  12:06AM       <DIR>            two spaces',
      '03-18-2026  06:01AM              2109440 a b.tar',
      '12-05-26  12:03PM            1,234,567  led by a space',
      '12-05-69  17:03         <dir>          ce',
      '01-31-70  9:03 p.m. x',
      '01-31-70  9:03 PM             5 later',
      '05/20/97  08:08                    828 certain',
      '05/06/97  08:08                    828 not certain',
      '20.05.97  08:08                    828 points',
      '2026-05-20  08:08                  828 iso',
      '02-30-26  08:08                    828 no day',
      '01-31-26  09:13AM    <JUNCTION>     Docs [C:\\Users]',
      '01-31-26  09:13AM    <SYMLINKD>     Link',
    ],
    [
      'directory|-|1998-07-13T21:06|aix',
      'directory|-|1998-07-13T00:06|  two spaces',
      'file|2109440|2026-03-18T06:01|a b.tar',
      'file|1234567|2026-12-05T12:03| led by a space',
      'directory|-|2069-12-05T17:03|ce',
      'file|5|1970-01-31T21:03|later',
      'file|828|1997-05-20T08:08|certain',
      'file|828|-|not certain',
      'file|828|1997-05-20T08:08|points',
      'file|828|2026-05-20T08:08|iso',
      'file|828|-|no day',
      'link|-|2026-01-31T09:13|Docs -> C:\\Users',
      'link|-|2026-01-31T09:13|Link',
    ],
  ],
  [
    'EPLF',
    'eplf',
    [
      '+i8388621.48594,m825718503,r,s280,\tdjb.html',
      '+i8388621.50690,m824255907,/,\t 514',
      '+up644,s1,mx,\tx',
      '+r,no tab',
    ],
    [
      'file|280|1996-03-01T22:15:03|djb.html|unique=8388621.48594',
      'directory|-|1996-02-13T23:58:27| 514|unique=8388621.50690',
      'other|1|-|x|mode=644',
    ],
  ],
  [
    'NetWare',
    'netware',
    [
      'total 0',
      'd [RWCEAFMS] ann                               512 Nov 24  2005 Favorites',
      '- [-W---F--] ann                             19968 Mar 12 15:20    Executive Summary.doc',
    ],
    ['directory|512|2005-11-24|Favorites|owner=ann', 'file|19968|2026-03-12T15:20|Executive Summary.doc|owner=ann'],
  ],
  [
    'VMS, with names in lines of their own and older versions',
    'vms',
    [
      'Directory DISK:[ANN]',
      '',
      'DATA.DIR;1               1/9           2-JUN-1998 07:32:04  [GROUP,OWNER]    (RWED,RWED,,RE)',
      'A.TXT;2                  9/9           2-JUN-1998 07:32  [ANN]    (RWED,RWED,RE,)',
      'A.TXT;1                  9/9           1-JUN-1998 07:32  [ANN]    (RWED,RWED,RE,)',
      'NO_PRIVILEGE.TXT;1',
      'A_RATHER_LONG_NAME.LOG;1098',
      '                         4            24-FEB-2003 13:17:24.12  [WAR,LP]    (RWED,RWED,RE,)',
      'B.;1                 27/36         16-FEB-1999 10:01:46  [AP_HTTPD,APACHE$WWW                 (RWE,RWE,RE,RE)',
      '',
      'Total of 5 files, 45/99 blocks.',
    ],
    [
      'directory|-|1998-06-02T07:32:04|DATA|group=GROUP|owner=OWNER|mode=705',
      'file|-|1998-06-02T07:32|A.TXT|owner=ANN|mode=750',
      'file|-|2003-02-24T13:17:24|A_RATHER_LONG_NAME.LOG|group=WAR|owner=LP|mode=750',
      'file|-|1999-02-16T10:01:46|B.|group=AP_HTTPD|owner=APACHE$WWW|mode=755',
    ],
  ],
  [
    'OS/400',
    'os400',
    [
      'ANN             36864 02/23/00 15:09:55 *DIR       a dir/',
      'ANN              6409 04/03/24 14:06:29 *STMF      build.xml',
      'ANN              9069 05/20/15 15:36:52 *STMF      /DRV/X/A.PDF',
      'ANN                                     *MEM       A.FILE/B.MBR',
      'ANN              9069 97/12/31 15:36:52 *FILE      A.SAVF',
    ],
    [
      'directory|36864|2000-02-23T15:09:55|a dir|owner=ANN',
      'file|6409|-|build.xml|owner=ANN',
      'file|9069|2015-05-20T15:36:52|A.PDF|owner=ANN',
      'file|-|-|B.MBR|owner=ANN',
      'file|9069|1997-12-31T15:36:52|A.SAVF|owner=ANN',
    ],
  ],
  [
    'OS/2',
    'os2',
    [
      '                 0           DIR   12-30-97   12:32  a b',
      '            587823    RSA    DIR   01-08-97   13:58  OS2KRNL',
      '             33280      A          02-09-2026 13:49  OS2LDR',
      '               169               11-29-94  09:20  SYSLEVEL.MPT',
    ],
    [
      'directory|0|1997-12-30T12:32|a b',
      'directory|587823|1997-01-08T13:58|OS2KRNL',
      'file|33280|2026-02-09T13:49|OS2LDR',
      'file|169|1994-11-29T09:20|SYSLEVEL.MPT',
    ],
  ],
  [
    'MVS data sets',
    'mvs',
    [
      'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname',
      'B10142 3390   2006/03/20  2   31  F       80    80  PS   MDI.OKL.WORK',
      'B1N231 3390   2006/03/20  1   15  VB     256 27998  PO-E PLU',
      'ARCIVE Not Direct Access Device                          KJ.ERROR',
      'Pseudo Directory                                         KJ.SUB',
      'B10142 3390   2006/03/20  2   31  F       80    80  constructor   KJ.ODD',
    ],
    ['file|-|-|MDI.OKL.WORK', 'directory|-|-|PLU', 'other|-|-|KJ.ERROR', 'directory|-|-|KJ.SUB', 'other|-|-|KJ.ODD'],
  ],
  [
    'members of an MVS data set',
    'mvs',
    [
      ' Name     VV.MM   Created       Changed      Size  Init   Mod   Id',
      'TBSHELF   01.03 2002/09/12 2002/10/11 09:37    11    11     0 ANN001',
      'NOSTATS',
    ],
    ['file|-|2002-10-11T09:37|TBSHELF', 'file|-|-|NOSTATS'],
  ],
  [
    'members of an MVS load library',
    'mvs',
    [
      ' Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode',
      'IEFBR14   000008   000203          00 RN RU                           31    ANY',
    ],
    ['file|-|-|IEFBR14'],
  ],
];

for (const [meaning, dialect, lines, entries] of SAMPLES) {
  test(`LIST is read: ${meaning}`, () => {
    assert.deepEqual(shown(lines), { dialect, entries });
  });
}

test('lines that fit nowhere give no entry and decide nothing', () => {
  const lines = [
    'zrwxr-xr-x   2 root     root         4096 Mar  2 15:13 a',
    'dxrwr-xr-x   2 root     root         4096 Aug 24  2001 a',
    'drwxr-xr-x   2 root     root         4096 Feb 23 30:01 a',
    'drwxr-xr-x   2 root     root         4096 Aug 36  2001 a',
    'drwxr-xr-x   2 root     root         4096 Feb 29  2001 a',
    '-rw-r--r--   1 root     root        80284 Aug 22  a',
    '-rw-r--r--   1 root     root        119:26 Aug 22  2000 a',
    '-rw-r--r-- 1 root root 5 2005-13-08 11:22 a',
    '-rw-r--r--',
    '01-31-26',
    '01-31-26  09:13AM',
    '01-31-26  29:13AM x',
    'd [-----F--] ann 512 10-04-2001 a',
    '1-JUN.LIS;2              9/9           JUN-2-1998 07:32:04  [GROUP,OWNER]    (RWED,RWED,RWED,)',
    'DATA.DIR; 1              1/9           2-JUN-1998 07:32:04  [GROUP,OWNER]    (,RWED,RWED,RE)',
    '     0    rsa    DIR   11-25-97   09:42  junk',
    'ANN              4019 04/03/18 18:58:16 STMF       a',
    '+no tab',
    'a file name',
  ];
  assert.deepEqual(shown(lines), { dialect: undefined, entries: [] });
});

const on = (date: string) => `-rw-r--r-- 1 a b 5 ${date} x`;
const timeOf = (date: string, utcOffsetMinutes?: number) =>
  shown([on(date)], utcOffsetMinutes).entries[0]?.split('|')[2];

test('a date without its year is the last one that is not more than a day ahead', () => {
  assert.equal(timeOf('Jul 01 12:00'), '2026-07-01T12:00');
  assert.equal(timeOf('Jul 02 12:00'), '2026-07-02T12:00');
  assert.equal(timeOf('Jul 02 12:01'), '2025-07-02T12:01');
  assert.equal(timeOf('Dec 31 23:59'), '2025-12-31T23:59');
  assert.equal(timeOf('Feb 29 10:00'), '2024-02-29T10:00');
  assert.equal(timeOf('Feb 30 10:00'), undefined);
});

test('at the turn of the year a server may be in the next one already', () => {
  const timeAt = (now: string, date: string, utcOffsetMinutes: number) => {
    const options = { format: 'lines', decode: decodeText, maxLineBytes: 1000, utcOffsetMinutes } as const;
    const [entry] = new ListingReader({ ...options, now: new Date(now) }).push(Buffer.from(`${on(date)}\n`));
    return entry?.modified?.toISOString();
  };
  assert.equal(timeAt('2026-12-31T23:30:00Z', 'Jan 01 00:30', 0), '2027-01-01T00:30:00.000Z');
  assert.equal(timeAt('2026-12-30T20:30:00Z', 'Jan 01 10:00', 14 * 60), '2026-12-31T20:00:00.000Z');
  assert.equal(timeAt('2027-01-01T00:30:00Z', 'Dec 31 23:30', 0), '2026-12-31T23:30:00.000Z');
});

test('times are those of the zone that the server is said to be in', () => {
  assert.equal(timeOf('Jul 01 13:30', 120), '2026-07-01T11:30');
  assert.equal(timeOf('Jan 02 03:04:05 2006', -90), '2006-01-02T04:34:05');
  assert.equal(shown(['01-31-26  01:13AM  5 x'], 120).entries[0], 'file|5|2026-01-30T23:13|x');
});

test('months in Latin-1 are understood where names are UTF-8', () => {
  const reader = new ListingReader({ format: 'lines', decode: decodeText, now: NOW, maxLineBytes: 1000 });
  const [entry] = reader.push(Buffer.from(`${on('Mär 02  2001')}\n`, 'latin1'));
  assert.equal(entry?.modified?.toISOString(), '2001-03-02T00:00:00.000Z');
});
