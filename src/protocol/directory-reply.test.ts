import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { currentDirectoryReadings, parseCurrentDirectory } from './directory-reply.ts';
import { quoted, reply } from './reply.ts';

const READ: readonly (readonly [text: string, path: string | undefined])[] = [
  ['"/" is the current directory', '/'],
  ['"/a b" created.', '/a b'],
  ['"/a""b""" is "here"', '/a"b"'],
  ['""""', '"'],
  ['Current directory is "/x".', '/x'],
  ['/x is the current directory', '/x'],
  ['DISK$USER:[ANN]', 'DISK$USER:[ANN]'],
  [`"'ANN.'" is the working directory name prefix.`, "'ANN.'"],
  // curl's test 1152 (CVE-2017-1000254): no quote closes it.
  ['"/x', undefined],
  ['"/x""', undefined],
  ['"', undefined],
  ['""', undefined],
  ['', undefined],
  ['  ', undefined],
  ['"/x\0y"', undefined],
  ['"/x\ry"', undefined],
];

for (const [text, path] of READ) {
  test(`257 ${JSON.stringify(text)} is the path ${JSON.stringify(path)}`, () => {
    assert.equal(parseCurrentDirectory(reply(257, text)), path);
  });
}

test('the path may stand in any line, and only 257 has one', () => {
  assert.equal(parseCurrentDirectory({ code: 257, lines: ['Here:', ' "/x"', 'End'] }), '/x');
  assert.equal(parseCurrentDirectory(reply(250, '"/x"')), undefined);
});

test('a quoted path is read as itself', () => {
  const path = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\0\r\n]/.test(text));
  fc.assert(
    fc.property(path, (path) => assert.equal(parseCurrentDirectory(reply(257, `${quoted(path)} is here`)), path)),
  );
});

const READINGS: readonly (readonly [text: string, ...paths: readonly string[]])[] = [
  ['"/x" is it', '/x'],
  ['/x is it', '/x'],
  ['"/6" x 9"" is it', '/6', '/6" x 9"'],
  ['"/a""b" is it', '/a"b', '/a""b'],
  ['"/x" is "here"', '/x', '/x" is "here'],
  ['"/x"" is it', '/x"'],
  ['"/x'],
  [''],
];

for (const [text, ...paths] of READINGS) {
  test(`257 ${JSON.stringify(text)} may mean ${paths.join(' or ') || 'nothing'}`, () => {
    assert.deepEqual(currentDirectoryReadings(reply(257, text)), paths);
  });
}

test('a quoted path and one whose quotes are not doubled are both among the readings', () => {
  const path = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\0\r\n]/.test(text));
  fc.assert(
    fc.property(path, (path) => {
      for (const shown of [quoted(path), `"${path}"`]) {
        assert.ok(currentDirectoryReadings(reply(257, `${shown} is here`)).includes(path), shown);
      }
    }),
  );
});
