import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from './workers.ts';

test('a directory into which another worker uploads can be renamed, and not removed', async (context) => {
  const server = await startWorkers(context);
  const [uploading, other] = await server.oneInEach();
  assert.ok(uploading && other);
  await other.expect(257, 'MKD d');
  await using data = await uploading.data(await uploading.passive());
  await uploading.expect(150, 'STOR d/file');
  await data.write(Buffer.alloc(2_000_000, 'x'));
  while ((await readdir(join(server.root, 'd'))).length === 0);

  await other.expect(450, 'RMD d');
  await other.expect(350, 'RNFR d');
  await other.expect(250, 'RNTO e');
  await other.expect(450, 'RMD e');
  await data.send(Buffer.from('end'));
  await uploading.expect(226);
  assert.equal((await readFile(join(server.root, 'e', 'file'))).length, 2_000_003);
  await other.expect(250, 'DELE e/file');
  await other.expect(250, 'RMD e');
  for (const client of [uploading, other]) await client[Symbol.asyncDispose]();
});

test('a second server on the same files, on a part of them, or on what lies around them is refused, and none after a kill -9', async (context) => {
  const around = await temporaryDirectory(context);
  const root = join(around, 'of', 'all');
  await mkdir(root, { recursive: true });
  const link = join(await temporaryDirectory(context), 'link');
  await symlink(root, link);
  const first = await serve(context, await temporaryDirectory(context), ['--root', root]);
  const ports = ['--listen', '127.0.0.1', '--explicit-port', '0', '--implicit-port', '0'];
  const dataDir = await temporaryDirectory(context);
  for (const taken of [root, join(root, 'of', 'alice'), join(link, 'of', 'bob'), around, join(around, 'of')]) {
    const { code, output, errors } = await lockport([
      'serve',
      '--data-dir',
      dataDir,
      '--root',
      taken,
      '--log',
      'json',
      ...ports,
    ]);
    assert.equal(code, 1);
    assert.ok(
      errors.includes(`Another Lockport server serves the files in ${root}: stop it, or give this one`),
      errors,
    );
    assert.doesNotMatch(output, /listening/i);
  }
  first.signal('SIGKILL');
  await first.ended();
  await serve(context, dataDir, ['--root', around]);
});
