import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account } from '../../identity/index.ts';
import { ROOT, resolvePath } from '../path.ts';
import { effectiveRights } from './effective-rights.ts';

const at = (path: string) => resolvePath(ROOT, path);

test('the rights that are held are told wherever a rule or a mount begins, as a tree', () => {
  const anna = account('anna', {
    rights: [
      { path: at('/in b'), rights: ['upload', 'list'] },
      { path: ROOT, rights: ['list', 'download', 'delete'] },
      { path: at('/in/deep'), rights: [] },
      { path: at('/in'), rights: ['upload'] },
    ],
    mounts: [
      { at: at('/archive'), storage: 'cold', readOnly: true },
      { at: at('/in/deep/mounted'), storage: 'cold' },
    ],
  });
  const told = effectiveRights(anna).map(({ path, rights, mount }) => [path, rights.join(','), mount?.storage]);
  assert.deepEqual(told, [
    ['/', 'list,download,delete', undefined],
    ['/archive', 'list,download', 'cold'],
    ['/in', 'upload', undefined],
    ['/in/deep', '', undefined],
    ['/in/deep/mounted', '', 'cold'],
    ['/in b', 'list,upload', undefined],
  ]);
});

test('an account without any rule holds nothing', () => {
  assert.deepEqual(effectiveRights(account('anna', { rights: [] })), [{ path: '/', rights: [] }]);
});
