import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { memoryStorage } from '../../storage/index.ts';
import { plant, run, type Tree, treeOf } from './tree-fixture.test.ts';

const name = fc.constantFrom('a', 'b', 'C', 'ä', ' x ', '-r', '*', '[a]', 'n\\m', '\udc80\udcff', '..b', '~');

/** Trees of few names, so that two of them agree and disagree often: in kind, in content, in what is there. */
const tree: fc.Arbitrary<Tree> = fc
  .array(
    fc.tuple(
      fc.array(name, { minLength: 1, maxLength: 3 }),
      fc.constantFrom<'file' | 'directory'>('file', 'directory'),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((entries) => {
    const made = new Map<string, 'file' | 'directory'>();
    const content: Record<string, string> = {};
    for (const [names, kind, text] of entries) {
      const parents = names.slice(0, -1).map((_, index) => names.slice(0, index + 1).join('/'));
      const path = names.join('/');
      if (parents.some((parent) => made.get(parent) === 'file') || made.has(path)) continue;
      for (const parent of parents) made.set(parent, 'directory');
      made.set(path, kind);
      content[kind === 'file' ? path : `${path}/`] = kind === 'file' ? `=${text}` : '';
    }
    return content;
  });

test('with delete, a sync makes any tree like any other, does what its dry run told, and a second one does nothing', async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, fc.integer({ min: 1, max: 5 }), async (source, destination, parallel) => {
      const from = memoryStorage();
      const to = memoryStorage();
      await plant(from, source);
      await plant(to, destination, new Date('2021-01-01T00:00:00Z'));
      const before = await treeOf(to);

      const planned = await run(from, to, { delete: true, maxDelete: '100%', dryRun: true, parallel });
      assert.deepEqual(await treeOf(to), before);
      const done = await run(from, to, { delete: true, maxDelete: '100%', parallel });
      assert.deepEqual(done.told, planned.told);
      assert.ok(planned.steps.every(({ outcome }) => outcome === 'planned'));
      assert.ok(done.steps.every(({ outcome }) => outcome === 'done'));
      assert.deepEqual(await treeOf(to), await treeOf(from));
      assert.deepEqual((await run(from, to, { delete: true, maxDelete: '100%', parallel })).told, []);
    }),
    { numRuns: 150 },
  );
});

test('without delete nothing goes that the source does not have, and all that it has comes or is told of', async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, async (source, destination) => {
      const from = memoryStorage();
      const to = memoryStorage();
      await plant(from, source);
      await plant(to, destination, new Date('2021-01-01T00:00:00Z'));
      const wanted = await treeOf(from);
      const before = await treeOf(to);

      const { steps } = await run(from, to);
      const inTheWay = steps.filter(({ outcome }) => outcome === 'failed').map(({ path }) => path.slice(1));
      assert.ok(steps.every((step) => step.outcome === 'done' || step.reason === 'kind'));
      const after = await treeOf(to);
      for (const [path, content] of Object.entries(wanted)) {
        if (inTheWay.some((there) => path === there || path.startsWith(`${there}/`))) continue;
        assert.equal(after[path], content, path);
      }
      for (const [path, content] of Object.entries(before)) assert.equal(after[path], wanted[path] ?? content, path);
    }),
    { numRuns: 150 },
  );
});
