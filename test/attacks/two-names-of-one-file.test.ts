import assert from 'node:assert/strict';
import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RIGHTS, ROOT } from '../../src/core/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// A file that is reached by two names, through a link or by a second name on the disk, must not be taken for two files.

test('COMB refuses a part that is the target by another name, and the file stays as it is', async () => {
  await using server = await startTestServer();
  await mkdir(join(server.root, 'd'));
  await writeFile(join(server.root, 'd/x'), '12345');
  await symlink('d', join(server.root, 'ld'));
  await symlink('d/x', join(server.root, 'lx'));
  await link(join(server.root, 'd/x'), join(server.root, 'hard'));
  await writeFile(join(server.root, 'other'), 'other');
  await using client = await server.signIn();
  for (const names of ['/d/x /ld/x', '/ld/x /d/x', '/d/x /lx', '/lx /d/x', '/d/x /hard', '/d/x /other /ld/x']) {
    await client.expect(553, `COMB ${names}`);
  }
  for (const names of ['/new /d/x /ld/x', '/new /lx /hard', '/new /other /other'])
    await client.expect(553, `COMB ${names}`);
  assert.equal(await readFile(join(server.root, 'd/x'), 'utf8'), '12345');
  assert.deepEqual((await readdir(server.root)).toSorted(), ['d', 'hard', 'ld', 'lx', 'other']);
});

test('COMB joins and removes parts that are files of their own, also where they are reached through links', async () => {
  await using server = await startTestServer();
  await mkdir(join(server.root, 'd'));
  await symlink('d', join(server.root, 'ld'));
  for (const name of ['one', 'two', 'three']) await writeFile(join(server.root, 'd', name), name);
  await using client = await server.signIn();
  await client.expect(250, 'COMB /d/one /ld/two /d/three');
  assert.deepEqual(await readdir(join(server.root, 'd')), ['one']);
  assert.equal(await readFile(join(server.root, 'd/one'), 'utf8'), 'onetwothree');
});

for (const missing of ['upload', 'append', 'download', 'delete'] as const) {
  test(`COMB needs the right ${missing}, and without it changes nothing`, async () => {
    const rights = RIGHTS.filter((right) => right !== missing);
    await using server = await startTestServer({ account: { rights: [{ path: ROOT, rights }] } });
    for (const name of ['target', 'part']) await writeFile(join(server.root, name), name);
    await using client = await server.signIn();
    await client.expect(550, `COMB ${missing === 'upload' ? 'new' : 'target'} part`);
    assert.deepEqual((await readdir(server.root)).toSorted(), ['part', 'target']);
    for (const name of ['target', 'part']) assert.equal(await readFile(join(server.root, name), 'utf8'), name);
  });
}

test('a link is not renamed over the file that it leads to', async () => {
  await using server = await startTestServer();
  await writeFile(join(server.root, 'file'), 'content');
  await symlink('file', join(server.root, 'link'));
  await symlink('link', join(server.root, 'further'));
  await using client = await server.signIn();
  for (const name of ['link', 'further']) {
    await client.expect(350, `RNFR ${name}`);
    await client.expect(550, 'RNTO file');
  }
  assert.equal(await readFile(join(server.root, 'file'), 'utf8'), 'content');
});

test('a rename onto itself takes nothing away; onto a second name of the same file, it leaves the bytes under that name', async () => {
  await using server = await startTestServer({ account: { quota: { bytes: 2_000 } } });
  await writeFile(join(server.root, 'file'), Buffer.alloc(600));
  await link(join(server.root, 'file'), join(server.root, 'second'));
  await mkdir(join(server.root, 'd'));
  await using client = await server.signIn();
  assert.deepEqual((await client.outcome('AVBL')).lines, ['213 800']);
  for (const [from, to, left] of [
    ['file', 'file', 800],
    ['d', 'd', 800],
    ['file', 'second', 1_400],
    ['second', 'file', 1_400],
  ] as const) {
    await client.expect(350, `RNFR ${from}`);
    await client.expect(250, `RNTO ${to}`);
    assert.deepEqual((await client.outcome('AVBL')).lines, [`213 ${left}`], `${from} to ${to}`);
  }
  assert.deepEqual((await readdir(server.root)).toSorted(), ['d', 'file']);
  assert.equal((await readFile(join(server.root, 'file'))).length, 600);
});
