import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPartial, isReserved, isTemporary, nameRefusal, partialName, temporaryName } from './names.ts';

const NEVER = ['', '.', '..', 'a/b', '/', 'a\0b'];

const NOT_ON_WINDOWS = [
  ['a path', ['..\\..\\windows', 'a\\b', '\\\\?\\C:\\x', '\\\\host\\share']],
  ['a drive', ['C:', 'C:\\', 'c:file']],
  ['a stream of another file', ['file::$DATA', 'file:stream', 'file::$INDEX_ALLOCATION']],
  [
    'a device',
    ['CON', 'con', 'nul.txt', 'PRN', 'aux.tar.gz', 'COM1', 'lpt9.x', 'com\u00b9', 'CONIN$', 'NUL ', 'nul  .txt'],
  ],
  ['a name that loses its end', ['file.', 'file ', 'file. . ', '...', 'web.config.']],
  ['a wildcard or quote', ['a*', 'a?', '"a"', 'a<b', 'a>b', 'a|b']],
  ['a control byte', ['a\tb', '\u0001', 'a\u001fb']],
] as const;

const FINE = [
  'file',
  '.hidden',
  'a b',
  ' a',
  'console',
  'nully',
  'com10',
  'com',
  'a.con',
  'aux_',
  'a\u00e9',
  '$DATA',
  '%2e%2e',
  '~',
];

for (const platform of ['linux', 'darwin', 'win32'] as const) {
  test(`what can be no name is refused on ${platform}`, () => {
    for (const name of NEVER) assert.ok(nameRefusal(name, platform), JSON.stringify(name));
  });

  test(`an ordinary name is not refused on ${platform}`, () => {
    for (const name of FINE) assert.equal(nameRefusal(name, platform), undefined, JSON.stringify(name));
  });
}

for (const [what, names] of NOT_ON_WINDOWS) {
  test(`what is ${what} on Windows is refused there, and a name elsewhere`, () => {
    for (const name of names) {
      assert.ok(nameRefusal(name, 'win32'), JSON.stringify(name));
      assert.equal(nameRefusal(name, 'linux'), undefined, JSON.stringify(name));
    }
  });
}

test('our own names are known as ours, whatever their case', () => {
  for (const name of [temporaryName(), partialName('file'), '.lockport-', '.LOCKPORT-x', '.Lockport-x.tmp']) {
    assert.ok(isReserved(name));
  }
  for (const name of ['.lockport', 'lockport-x', 'x.lockport-x', '.lockpor']) assert.ok(!isReserved(name));
  assert.ok(isTemporary(temporaryName()) && !isPartial(temporaryName()));
  assert.ok(isPartial(partialName('file')) && !isTemporary(partialName('file')));
  assert.ok(!isTemporary('file.tmp') && !isPartial('file.partial'));
});

test('each name has one place for its interrupted upload', () => {
  assert.equal(partialName('file'), partialName('file'));
  assert.notEqual(partialName('file'), partialName('File'));
  assert.notEqual(partialName('\udcff'), partialName('\udcfe'));
});
