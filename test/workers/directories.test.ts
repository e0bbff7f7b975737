import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from './workers.ts';

const PORTS = ['--listen', '127.0.0.1', '--explicit-port', '0', '--implicit-port', '0'];

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
      ...PORTS,
    ]);
    assert.equal(code, 1);
    assert.ok(
      errors.includes(`Another Lockport server serves the files in ${root}: stop it, or give this one`),
      errors,
    );
    assert.doesNotMatch(output, /listening/i);
    if (taken !== root) assert.ok(!(await readdir(taken)).includes('.lockport-lock'), `a lock stays in ${taken}`);
  }
  first.signal('SIGKILL');
  await first.ended();
  await serve(context, dataDir, ['--root', around]);
  assert.deepEqual(await readdir(root), ['of'], 'the lock of the killed one is gone');
});

test('a directory for which a second server was refused can be removed', async (context) => {
  const server = await startWorkers(context);
  const [client, ...others] = await server.oneInEach();
  assert.ok(client);
  await client.expect(257, 'MKD sub');
  const dataDir = await temporaryDirectory(context);
  const { code } = await lockport(['serve', '--data-dir', dataDir, '--root', join(server.root, 'sub'), ...PORTS]);
  assert.equal(code, 1);
  await client.expect(250, 'RMD sub');
  for (const each of [client, ...others]) await each[Symbol.asyncDispose]();
});
