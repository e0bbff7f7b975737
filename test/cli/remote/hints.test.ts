import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRemote } from './remote-fixture.ts';

test('a refusal says what to do', async (context) => {
  const { run, url, server, home } = await startRemote(context);
  const file = join(home, 'file');
  await writeFile(file, 'x');
  await mkdir(join(server.root, 'full'));
  await writeFile(join(server.root, 'full', 'file'), 'x');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['rm', url('full')], /^"rm -r" /m],
    [['rmdir', url('full')], /^"rm -r" /m],
    [['mkdir', url('a/b')], /^"mkdir -p" /m],
    [['cat', url('full')], /^"ls" .*"sync"/m],
    [['get', url('full'), `${home}/`], /"lockport sync" /],
    [['put', file, url('a/file')], /"mkdir -p" /],
    [['rm', url('full'), url('full')], /^"rm -r" /m],
  ];
  for (const [args, hint] of cases) {
    const { code, errors } = await run(args);
    assert.notEqual(code, 0, args.join(' '));
    assert.match(errors, hint, args.join(' '));
  }
  assert.doesNotMatch((await run(['rm', url('missing')])).errors, /rm -r/);
  assert.doesNotMatch((await run(['rm', '--quiet', url('full')])).errors, /^"rm -r"/m);
});

test('a sync whose directory here can not be made says which', async (context) => {
  const { run, url } = await startRemote(context);
  const { code, errors } = await run(['sync', url(''), '/proc/lockport/there']);
  assert.equal(code, 10);
  assert.match(errors, /^The directory that could not be made is \/proc\/lockport\/there$/m);
});
