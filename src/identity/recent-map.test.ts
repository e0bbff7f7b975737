import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentMap } from './recent-map.ts';

test('what was set longest ago makes room for what is new', () => {
  const map = new RecentMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  assert.deepEqual([map.get('a'), map.get('b'), map.get('c')], [3, undefined, 4]);
  map.delete('a');
  map.set('d', 5);
  assert.deepEqual([map.get('a'), map.get('c'), map.get('d')], [undefined, 4, 5]);
});
