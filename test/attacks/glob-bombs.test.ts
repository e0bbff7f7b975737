import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';

// CVE-2011-0762, CVE-2011-0418, CVE-2017-8817: patterns that take a backtracking matcher for ever. Ours ends; that is
// the whole assertion, for a bomb that goes off does not come back within the time limit.

const BOMBS = [
  '*a*a*a*a*b',
  `${'*a'.repeat(8)}*b`,
  `${'*'.repeat(200)}b`,
  `${'?*'.repeat(100)}b`,
  '{a,b}'.repeat(60),
  '{{{{{{{{a,b},c},d},e},f},g},h},i}',
  '[',
  '[a',
  '[!',
  '[]-a]',
  '[a-\\]',
  '[[:alpha:',
  `${'[a-z]*'.repeat(40)}b`,
  '(a+)+b',
  '*/*/*/*/*/*/*/*',
  '../*/../*/../*/../*',
  '-RRRRRRRR',
  '-R -R -R *',
  `-${'l'.repeat(4000)}`,
  `${'/'.repeat(4000)}*`,
] as const;

test('No pattern of a listing costs more than it gives', { timeout: 60_000 }, async () => {
  await using server = await startTestServer();
  for (let index = 0; index < 50; index += 1) await writeFile(join(server.root, `${'a'.repeat(240)}${index}`), '');
  await mkdir(join(server.root, 'd/d/d/d/d/d/d/d'), { recursive: true });
  await using client = await server.signIn();
  for (const bomb of BOMBS) {
    for (const verb of ['LIST', 'NLST']) {
      await using data = await client.data(await client.passive());
      const { code } = await client.ask(`${verb} ${bomb}`);
      if (code !== 150) continue;
      await data.receive();
      await client.expect(226);
    }
    await client.ask(`STAT ${bomb}`);
  }
  await client.expect(200, 'NOOP');
});

test('A recursive listing of a deep tree is bounded, and does not follow a link in a circle', {
  timeout: 60_000,
}, async () => {
  await using server = await startTestServer({ site: { symlink: true } });
  await mkdir(join(server.root, Array.from({ length: 500 }, () => 'd').join('/')), { recursive: true });
  await using client = await server.signIn();
  await client.expect(200, 'SITE SYMLINK / d/circle');
  const listing = (await client.download('LIST -R')).toString();
  assert.ok(listing.split('\n').length < 2000);
});
