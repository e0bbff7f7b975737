import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const SOURCES = new URL('../../src/', import.meta.url).pathname;

/** Types that may have one name in two places: why. */
const SHARED: ReadonlyMap<string, string> = new Map([
  ['Client', 'that of basic-ftp, whose names its interface has'],
  ['UploadOptions', 'that of basic-ftp, whose names its interface has'],
]);

test('no two types that are exported have one name', async () => {
  const places = new Map<string, string[]>();
  for await (const file of glob('**/*.ts', { cwd: SOURCES, exclude: ['**/*.test.ts'] })) {
    const source = await readFile(`${SOURCES}${file}`, 'utf8');
    for (const [, name = ''] of source.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm)) {
      places.set(name, [...(places.get(name) ?? []), file]);
    }
  }
  const twice = [...places].filter(([, files]) => files.length > 1).map(([name]) => name);
  assert.deepEqual(
    twice.sort(),
    [...SHARED.keys()].sort(),
    twice.map((name) => places.get(name)?.join(', ')).join('\n'),
  );
});
