import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RemoteEntry } from '../../client/index.ts';
import { ROOT, resolvePath } from '../../core/index.ts';
import { longLine, modeText } from './entry-text.ts';

const ENTRY: RemoteEntry = { name: 'a', path: resolvePath(ROOT, '/a'), kind: 'file' };

test('an entry is shown as ls -l does, with a dash for what is not known', () => {
  const full: RemoteEntry = {
    ...ENTRY,
    size: 1234,
    modified: new Date('2030-01-02T03:04:05Z'),
    modifiedPrecision: 'second',
    mode: 0o754,
    owner: 'anna',
    group: 'staff',
  };
  assert.equal(longLine(full, 'a'), '-rwxr-xr-- anna     staff            1234 2030-01-02 03:04 a');
  assert.equal(longLine(ENTRY, 'a'), '-          -        -                   - -                a');
  assert.match(longLine({ ...full, modifiedPrecision: 'day' }, 'a'), / 2030-01-02 {7}a$/);
  assert.match(longLine({ ...full, kind: 'link', target: '../b' }, 'x/a'), /^l.* - 2030-01-02 03:04 x\/a -> \.\.\/b$/);
});

test('permissions are nine letters behind that of the kind', () => {
  assert.deepEqual(
    [0, 0o777, 0o421].map((mode) => modeText({ kind: 'directory', mode })),
    ['d---------', 'drwxrwxrwx', 'dr---w---x'],
  );
});
