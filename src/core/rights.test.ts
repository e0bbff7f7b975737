import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RIGHTS, type RightsRule } from './account/index.ts';
import { ROOT, resolvePath } from './path.ts';
import { decideAlike, rightsOf } from './rights.ts';

const at = (path: string) => resolvePath(ROOT, path);
const rule = (path: string, ...rights: RightsRule['rights']): RightsRule => ({ path: at(path), rights });

test('the rule with the longest path decides alone, whatever the order', () => {
  const rules = [rule('/', 'list', 'download', 'delete'), rule('/in', 'upload'), rule('/in/done', 'list')];
  for (const order of [rules, rules.toReversed()]) {
    const allows = rightsOf(order);
    assert.equal(allows('delete', at('/a')), true);
    assert.equal(allows('upload', at('/a')), false);
    assert.equal(allows('upload', at('/in')), true);
    assert.equal(allows('upload', at('/in/x/y')), true);
    assert.equal(allows('download', at('/in/x')), false);
    assert.equal(allows('upload', at('/in/done/x')), false);
    assert.equal(allows('list', at('/in/done')), true);
  }
});

test('a rule covers whole names only', () => {
  const allows = rightsOf([rule('/in', 'upload')]);
  assert.equal(allows('upload', at('/inbox')), false);
  assert.equal(allows('upload', at('/')), false);
});

test('of two rules for one path the first decides', () => {
  const allows = rightsOf([rule('/a', 'list'), rule('/a', 'delete')]);
  assert.equal(allows('list', at('/a')), true);
  assert.equal(allows('delete', at('/a')), false);
});

test('without a rule nothing is allowed', () => {
  const allows = rightsOf([]);
  for (const right of RIGHTS) assert.equal(allows(right, ROOT), false);
});

test('rules decide alike below a directory where none begins', () => {
  const rules = [rule('/', 'list'), rule('/in', 'upload')];
  assert.equal(decideAlike(rules, ROOT), false);
  assert.equal(decideAlike(rules, at('/in')), true);
  assert.equal(decideAlike(rules, at('/in/deeper')), true);
  assert.equal(decideAlike(rules, at('/inbox')), true);
  assert.equal(decideAlike([rule('/', 'list')], ROOT), true);
  assert.equal(decideAlike([rule('/a/b', 'list')], at('/a')), false);
});
