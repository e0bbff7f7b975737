import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { records, startRemote } from './remote-fixture.ts';

const TREE = { 'a.txt': 'a', 'b.log': 'b', 'sub/c.txt': 'ccc', 'sub/odd \u{1f600} name': 'd' };

async function plant(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), text);
    await utimes(join(root, name), 1_600_000_000, 1_600_000_000);
  }
}

async function harvest(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) found[path.slice(root.length + 1)] = await readFile(path, 'utf8');
  }
  return found;
}

test('a tree goes to the server and back, and what is the same is left alone', async (context) => {
  const remote = await startRemote(context);
  await plant(join(remote.home, 'site'), TREE);
  const planned = await remote.run(['sync', '--dry-run', '--json', 'site', remote.url('www')]);
  assert.equal(planned.code, 0, planned.errors);
  assert.deepEqual(
    new Set(
      records(planned)
        .slice(0, -1)
        .map(({ outcome }) => outcome),
    ),
    new Set(['planned']),
  );
  assert.deepEqual(await readdir(remote.server.root), []);

  const up = await remote.run(['sync', 'site', remote.url('www')]);
  assert.equal(up.code, 0, up.errors);
  assert.match(up.output, /^copy {11}a\.txt \(1 B, not there\)$/m);
  assert.match(up.output, /^6 done, 6 B copied, 0 the same already, 0 left out, 0 failed$/m);
  assert.deepEqual(await harvest(join(remote.server.root, 'www')), TREE);
  const again = await remote.run(['sync', 'site', remote.url('www'), '--parallel', '2']);
  assert.equal(again.output, '0 done, 0 B copied, 4 the same already, 0 left out, 0 failed\n', again.errors);

  const down = await remote.run(['sync', '--quiet', remote.url('www'), 'new/place', '--exclude', '*.log']);
  assert.deepEqual([down.code, down.output, down.errors], [0, '', '']);
  const { 'b.log': _log, ...rest } = TREE;
  assert.deepEqual(await harvest(join(remote.home, 'new/place')), rest);
  assert.equal((await stat(join(remote.home, 'new/place/a.txt'))).mtimeMs, 1_600_000_000_000);
});

test('what the source does not have is removed when it is asked for, and not before', async (context) => {
  const remote = await startRemote(context);
  await plant(join(remote.home, 'site'), { 'a.txt': 'a' });
  await plant(remote.server.root, TREE);
  await remote.run(['sync', 'site/', remote.url('')]);
  assert.deepEqual(Object.keys(await harvest(remote.server.root)).length, 4);
  const { code, errors } = await remote.run(['sync', '--delete', '--exclude', '*.log', 'site/', remote.url('')]);
  assert.equal(code, 0, errors);
  assert.deepEqual(await harvest(remote.server.root), { 'a.txt': 'a', 'b.log': 'b' });
});

test('a tree goes from one directory of a server to another', async (context) => {
  const remote = await startRemote(context);
  await plant(join(remote.server.root, 'old'), TREE);
  const { code, errors } = await remote.run(['sync', '--parallel', '2', remote.url('old'), remote.url('new')]);
  assert.equal(code, 0, errors);
  assert.deepEqual(await harvest(join(remote.server.root, 'new')), TREE);
});

test('of two logins each gets a password of its own, and none is guessed to be for both', async (context) => {
  const remote = await startRemote(context);
  await plant(join(remote.server.root, 'old'), TREE);
  const bob = remote.url('new').replace('alice', 'bob');
  const guessed = await remote.run(['sync', remote.url('old'), bob]);
  assert.equal(guessed.code, 2, guessed.errors);
  assert.match(guessed.errors, /No password for alice/);
  const { code, errors } = await remote.run(['sync', '--password-stdin', remote.url('old'), bob], {
    input: 'wonderland\nbuilder\n',
  });
  assert.equal(code, 0, errors);
  assert.deepEqual(await harvest(join(remote.server.root, 'new')), TREE);
});

test('what fails is told, the rest goes on, and the exit code says so', async (context) => {
  const remote = await startRemote(context);
  await plant(join(remote.home, 'site'), TREE);
  // A directory stands where a file belongs, and nothing may be removed.
  await plant(remote.server.root, { 'a.txt/in the way': '' });
  const outcome = await remote.run(['sync', '--json', 'site', remote.url('')]);
  assert.equal(outcome.code, 10, outcome.errors);
  const failed = records(outcome).filter(({ outcome }) => outcome === 'failed');
  assert.deepEqual(
    failed.map(({ path, error }) => [path, typeof error]),
    [['/a.txt', 'object']],
  );
  assert.equal(await readFile(join(remote.server.root, 'sub/c.txt'), 'utf8'), 'ccc');
});

test('a source that is not there is an error of its side', async (context) => {
  const remote = await startRemote(context);
  const [local, far] = await Promise.all([
    remote.run(['sync', 'nowhere', remote.url('')]),
    remote.run(['sync', remote.url('nowhere'), 'here']),
  ]);
  assert.deepEqual([local.code, far.code], [9, 6], far.errors);
  assert.match(local.errors, /nowhere: no such file/);
});

test('more than half of what is there is removed only when that is said', async (context) => {
  const remote = await startRemote(context);
  await plant(join(remote.home, 'site'), { 'a.txt': 'a' });
  await plant(remote.server.root, Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`old${index}`, 'x'])));
  const args = ['sync', '--delete', 'site', remote.url('')];
  const dry = await remote.run([...args, '--dry-run']);
  assert.equal(dry.code, 13, dry.errors);
  assert.match(dry.output, /^delete {9}old0 \(1 B, not at the source\)$/m);
  const held = await remote.run(args);
  assert.deepEqual([held.code, held.output], [13, '']);
  assert.match(held.errors, /30 of the 30 entries at DST .*--max-delete 30/);
  assert.equal((await readdir(remote.server.root)).length, 30);
  const few = await remote.run([...args, '--max-delete', '99%']);
  assert.equal(few.code, 13, few.errors);
  const { code, errors } = await remote.run([...args, '--max-delete', '30']);
  assert.equal(code, 0, errors);
  assert.deepEqual(await readdir(remote.server.root), ['a.txt']);
});

test('a limit of deletions that is none, or without --delete, is wrong usage', async (context) => {
  const remote = await startRemote(context);
  const wrong = [
    ['--delete', '--max-delete', 'half'],
    ['--delete', '--max-delete', ''],
    ['--max-delete', '5'],
  ];
  for (const flags of wrong) {
    const { code, errors } = await remote.run(['sync', ...flags, '.', remote.url('')]);
    assert.deepEqual([code, errors.includes('--max-delete')], [2, true], errors);
  }
});

test('names that hold a line break are told one by one, and the exit code says that they are missing', async (context) => {
  const remote = await startRemote(context);
  await plant(join(remote.home, 'site'), { ok: 'a', 'new\nline': 'b', 'carriage\rreturn': 'c', 'directory\nx/f': 'd' });
  const { code, output, errors } = await remote.run(['sync', 'site', remote.url('www')]);
  assert.equal(code, 10, errors);
  for (const name of ['"new\\\\nline"', '"carriage\\\\rreturn"', '"directory\\\\nx"'])
    assert.match(errors, new RegExp(name));
  assert.match(output, /0 left out, 3 failed$/m);
  assert.deepEqual(await readdir(join(remote.server.root, 'www')), ['ok']);
});
