import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Entry, RIGHTS, type Right } from '../../core/index.ts';
import { SyntaxFailure } from '../syntax/syntax.ts';
import { FACTS, factList, formatFacts, formatFactsFeature } from './facts.ts';

const all = { allows: () => true };
const only = (...rights: Right[]) => ({ allows: (right: Right) => rights.includes(right) });

const file: Entry = {
  name: 'a; b=c',
  kind: 'file',
  size: 12,
  modified: new Date('2026-01-02T03:04:05Z'),
  created: new Date('2025-12-31T23:59:59.120Z'),
  mode: 0o644,
  owner: 'ann',
  group: 'staff',
  unique: '8a-1f',
};
const directory: Entry = { name: 'd', kind: 'directory', size: 4096, modified: file.modified };

test('all facts of a file stand before one space and its name', () => {
  assert.equal(
    formatFacts(file, FACTS, all),
    'type=file;size=12;modify=20260102030405;create=20251231235959.120;perm=adfrw;unique=8a-1f;UNIX.mode=0644;UNIX.owner=ann;UNIX.group=staff; a; b=c',
  );
});

test('a directory has no size, and facts that are not known are left out', () => {
  assert.equal(formatFacts(directory, FACTS, all), 'type=dir;modify=20260102030405;perm=cdeflmp; d');
});

test('the directory itself and the one above it have types of their own, and MLST shows a whole path', () => {
  assert.equal(formatFacts(directory, ['type'], { ...all, role: 'cdir', name: '/x/d' }), 'type=cdir; /x/d');
  assert.equal(formatFacts(directory, ['type'], { ...all, role: 'pdir', name: '..' }), 'type=pdir; ..');
});

test('a link has the type of its system, with its target where that can be written', () => {
  const link: Entry = { ...file, name: 'l', kind: 'link' };
  assert.equal(formatFacts({ ...link, target: '../x' }, ['type'], all), 'type=OS.unix=slink:../x; l');
  for (const target of ['a b', 'a;type=dir', 'ü', 'a\r\nb', '']) {
    assert.equal(formatFacts({ ...link, target }, ['type'], all), 'type=OS.unix=slink; l');
  }
});

test('no value can forge another fact or the name', () => {
  const forged: Entry = { ...file, name: 'n', owner: 'x; evil', group: 'a;perm=w', unique: 'u\r\n' };
  assert.equal(formatFacts(forged, ['unique', 'UNIX.owner', 'UNIX.group'], all), ' n');
});

test('perm holds the letters of the rights that are held', () => {
  const perm = (entry: Entry, ...rights: Right[]) => formatFacts({ ...entry, name: '' }, ['perm'], only(...rights));
  assert.equal(perm(file), 'perm=; ');
  assert.equal(perm(file, 'download'), 'perm=r; ');
  assert.equal(perm(file, 'append', 'overwrite', 'delete', 'rename'), 'perm=adfw; ');
  assert.equal(perm(file, 'upload', 'list', 'make-directory'), 'perm=; ');
  assert.equal(perm({ ...file, kind: 'link' }, 'download', 'list'), 'perm=r; ');
  assert.equal(perm(directory, 'list'), 'perm=el; ');
  assert.equal(perm(directory, 'upload', 'make-directory'), 'perm=cm; ');
  assert.equal(perm(directory, 'delete', 'rename', 'download', 'append'), 'perm=dfp; ');
});

test('FEAT marks the facts that are shown', () => {
  assert.equal(
    formatFactsFeature(['type', 'UNIX.mode']),
    'MLST type*;size;modify;create;perm;unique;UNIX.mode*;UNIX.owner;UNIX.group;',
  );
});

test('OPTS MLST chooses facts in any case and order, and passes over those that are not known', () => {
  assert.deepEqual(factList.parse('SIZE;Type;media-type;unix.MODE;'), ['type', 'size', 'UNIX.mode']);
  assert.deepEqual(factList.parse('size'), ['size']);
  assert.deepEqual(factList.parse(''), []);
  assert.equal(factList.format(['type', 'size']), 'type;size;');
  assert.throws(
    () => factList.parse('type; size;'),
    (error) => error instanceof SyntaxFailure && error.code === 501,
  );
});

test('a list of facts that is formatted is read as itself', () => {
  fc.assert(
    fc.property(fc.subarray([...FACTS]), (facts) => assert.deepEqual(factList.parse(factList.format(facts)), facts)),
  );
});

test('facts end at the first space, whatever the entry', () => {
  const text = fc.string({ unit: 'binary' });
  const entry = fc.record({
    name: text,
    kind: fc.constantFrom('file', 'directory', 'link'),
    size: fc.nat(),
    modified: fc.date({ noInvalidDate: false }),
    owner: text,
    unique: text,
    target: text,
  });
  fc.assert(
    fc.property(entry, fc.subarray([...RIGHTS]), (entry, rights) => {
      const line = formatFacts(entry, FACTS, only(...rights));
      const space = line.indexOf(' ');
      assert.match(line.slice(0, space), /^type=[^; ]+;([A-Za-z.]+=[!-:<-~]*;)*$/);
      assert.equal(line.slice(space + 1), entry.name);
    }),
  );
});
