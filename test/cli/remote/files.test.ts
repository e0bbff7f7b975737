import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RIGHTS, ROOT } from '../../../src/core/index.ts';
import { BIN } from '../lockport-process.ts';
import { records, startRemote, store } from './remote-fixture.ts';

test('files are listed, by name, by pattern, in depth and as JSON', async (context) => {
  const remote = await startRemote(context);
  await mkdir(join(remote.server.root, 'in/deep'), { recursive: true });
  await store(remote, { 'in/b.csv': 'bb', 'in/a.csv': 'a', 'in/c.txt': '', 'in/deep/x\u001b[2J': 'x' });
  const [plain, pattern, deep, long, one, missing] = await Promise.all([
    remote.run(['ls', remote.url('in')]),
    remote.run(['ls', remote.url('in/*.csv'), '--sort', 'size']),
    remote.run(['ls', '-R', '--json', remote.url('in')]),
    remote.run(['ls', '-l', remote.url('in/')]),
    remote.run(['ls', remote.url('in/a.csv')]),
    remote.run(['ls', '--json', remote.url('nowhere')]),
  ]);
  assert.equal(plain.output, 'a.csv\nb.csv\nc.txt\ndeep\n');
  assert.equal(pattern.output, 'b.csv\na.csv\n');
  assert.deepEqual(
    records(deep)
      .map(({ path, kind }) => [kind, path].join(' '))
      .sort(),
    ['directory /in/deep', 'file /in/a.csv', 'file /in/b.csv', 'file /in/c.txt', 'file /in/deep/x\u001b[2J'],
  );
  assert.match(long.output, /^-rw-r--r-- +\S+ +\S+ +1 20\d\d-\d\d-\d\d \d\d:\d\d a\.csv$/m);
  assert.equal(one.output, 'a.csv\n');
  assert.equal(missing.code, 6);
  const [{ error } = {}] = records(missing);
  assert.partialDeepStrictEqual(error, { code: 'not-found', phase: 'command', retryable: false });
});

test('a directory to get into is made where it is written with a slash', async (context) => {
  const remote = await startRemote(context);
  await store(remote, { 'a.csv': 'a' });
  const [made, blocked] = await Promise.all([
    remote.run(['get', remote.url('a.csv'), 'new/deep/']),
    writeFile(join(remote.home, 'file'), '').then(() => remote.run(['get', remote.url('a.csv'), 'file/in/'])),
  ]);
  assert.equal(made.code, 0, made.errors);
  assert.equal(await readFile(join(remote.home, 'new/deep/a.csv'), 'utf8'), 'a');
  assert.deepEqual([blocked.code, blocked.errors], [9, 'lockport: file/in/: not a directory\n']);
});

test('files go there and back whole, with their times, one, several, through pipes and by pattern', async (context) => {
  const remote = await startRemote(context);
  const at = (name: string): string => join(remote.home, name);
  const time = new Date('2020-02-03T04:05:06Z');
  await writeFile(at('a.csv'), 'hello\n');
  await utimes(at('a.csv'), time, time);
  await writeFile(at('b.csv'), 'world\n');
  await mkdir(at('back'));
  await mkdir(join(remote.server.root, 'in'));

  const put = await remote.run(['put', '--json', '--checksum', 'a.csv', 'b.csv', remote.url('in/')]);
  assert.equal(put.code, 0, put.errors);
  assert.deepEqual(
    records(put).map(({ path, bytes, verified }) => [path, bytes, verified]),
    [
      ['/in/a.csv', 6, 'SHA-512'],
      ['/in/b.csv', 6, 'SHA-512'],
    ],
  );
  const piped = await remote.run(['put', '-', remote.url('in/c.csv')], { input: 'piped\n' });
  assert.equal(piped.code, 0, piped.errors);
  assert.match(piped.errors, /^standard input: 6 B in \d+ ms/);
  assert.equal(await readFile(join(remote.server.root, 'in/c.csv'), 'utf8'), 'piped\n');

  const get = await remote.run(['get', '--parallel', '3', remote.url('in/*.csv'), 'back']);
  assert.deepEqual([get.code, get.output], [0, ''], get.errors);
  assert.deepEqual((await readdir(at('back'))).sort(), ['a.csv', 'b.csv', 'c.csv']);
  assert.equal(await readFile(at('back/a.csv'), 'utf8'), 'hello\n');

  const [shown, quiet, cat, hash] = await Promise.all([
    remote.run(['stat', '--json', remote.url('in/a.csv')]),
    remote.run(['get', '--quiet', remote.url('in/a.csv'), 'as.csv']),
    remote.run(['cat', remote.url('in/a.csv'), remote.url('in/b.csv')]),
    remote.run(['hash', '--algorithm', 'MD5', remote.url('in/a.csv')]),
  ]);
  assert.equal(records(shown)[0]?.['modified'], time.toISOString());
  assert.deepEqual([quiet.code, quiet.output, quiet.errors], [0, '', '']);
  assert.equal(await readFile(at('as.csv'), 'utf8'), 'hello\n');
  assert.equal(cat.output, 'hello\nworld\n');
  assert.equal(hash.output, 'b1946ac92492d2347c6235b4d2611184  /in/a.csv\n');
});

test('of several files those that can are moved, and the exit code tells of the others', async (context) => {
  const remote = await startRemote(context);
  await writeFile(join(remote.home, 'a'), 'a');
  await store(remote, { there: 'x' });
  const [put, get, one] = await Promise.all([
    remote.run(['put', 'none', 'a', remote.url('')]),
    remote.run(['get', '--json', remote.url('nowhere'), remote.url('there'), './']),
    remote.run(['put', 'none', remote.url('')]),
  ]);
  assert.deepEqual([put.code, get.code, one.code], [10, 10, 9]);
  assert.match(put.errors, /^lockport: none: no such file or directory$/m);
  assert.equal(one.errors, 'lockport: none: no such file or directory\n');
  assert.equal(await readFile(join(remote.server.root, 'a'), 'utf8'), 'a');
  assert.equal(await readFile(join(remote.home, 'there'), 'utf8'), 'x');
  // They come as they end.
  const told = records(get);
  const failed = told.find((record) => 'error' in record);
  const done = told.find((record) => record !== failed);
  assert.equal(told.length, 2);
  assert.partialDeepStrictEqual(failed, { error: { code: 'not-found', subject: 'nowhere' } });
  assert.partialDeepStrictEqual(done, { path: '/there', file: 'there', bytes: 1 });
});

test('a file that is stored is stored, although its time could not be set: a warning, and no failure', async (context) => {
  const rights = RIGHTS.filter((right) => right !== 'times');
  const remote = await startRemote(context, { account: { rights: [{ path: ROOT, rights }] } });
  await writeFile(join(remote.home, 'a'), 'a');
  const [plain, json, sync] = [
    await remote.run(['put', '--no-times', 'a', remote.url('')]),
    await remote.run(['put', '--json', 'a', remote.url('')]),
    await remote.run(['sync', './', remote.url('in/')]),
  ];
  assert.match(plain.errors, /^a: 1 B in \d+ ms/);
  assert.doesNotMatch(plain.errors, /time could not be set/);
  assert.match(
    json.errors,
    /^lockport: a: The file is stored, but its time could not be set: .*; --no-times leaves it$/m,
  );
  assert.partialDeepStrictEqual(records(json), [{ path: '/a', warnings: [{ about: 'time' }] }]);
  assert.match(sync.errors, /^lockport: a: its time could not be set: /m);
  assert.deepEqual([plain.code, json.code, sync.code], [0, 0, 0]);
  for (const name of ['a', 'in/a']) assert.equal(await readFile(join(remote.server.root, name), 'utf8'), 'a', name);
});

test('a name that can not be sent is told, and the others go on', async (context) => {
  const remote = await startRemote(context);
  const names = ['a', 'b\nc', 'd'];
  for (const name of names) await writeFile(join(remote.home, name), 'x');
  const [put, one] = [
    await remote.run(['put', ...names, remote.url('')]),
    await remote.run(['put', 'b\nc', remote.url('')]),
  ];
  assert.deepEqual([put.code, one.code], [10, 2]);
  const told = /^lockport: (\S*\/)?b\\u000ac can be no path: The path holds a NUL, CR or LF$/m;
  assert.match(put.errors, told);
  assert.match(one.errors, told);
  assert.deepEqual((await readdir(remote.server.root)).sort(), ['a', 'd']);
});

test('a directory is not put or got: the verb that copies it is named', async (context) => {
  const remote = await startRemote(context);
  await mkdir(join(remote.home, 'site'));
  await mkdir(join(remote.server.root, 'out'));
  const outcomes = await Promise.all([
    remote.run(['put', 'site', remote.url('')]),
    remote.run(['put', '-r', 'site', remote.url('')]),
    remote.run(['get', remote.url('out')]),
    remote.run(['get', '-r', remote.url('out')]),
    remote.run(['get', remote.url('out/')]),
  ]);
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    [9, 2, 7, 2, 7],
  );
  for (const { errors } of outcomes) assert.match(errors, /^lockport: .*"lockport sync.*\n$/);
  assert.equal(outcomes[0]?.errors, 'lockport: site: a directory, not a file; "lockport sync" copies directories\n');
});

test('what fails on this machine is named, in words', { skip: !existsSync('/dev/full') }, async (context) => {
  const remote = await startRemote(context);
  await store(remote, { a: 'a' });
  const [nowhere, file] = await Promise.all([
    remote.run(['get', remote.url('a'), 'none/here']),
    writeFile(join(remote.home, 'file'), '').then(() => remote.run(['get', remote.url('a'), 'file/here'])),
  ]);
  assert.deepEqual([nowhere.code, nowhere.errors], [9, 'lockport: none/here: no such file or directory\n']);
  assert.deepEqual([file.code, file.errors], [9, 'lockport: file/here: not a directory\n']);
});

test('permission bits are set and empty directories removed', async (context) => {
  const remote = await startRemote(context);
  await mkdir(join(remote.server.root, 'empty'));
  await store(remote, { a: 'a', b: 'b' });
  const [chmod, wrong, rmdir, full] = [
    await remote.run(['chmod', '--json', '640', remote.url('[ab]')]),
    await remote.run(['chmod', 'rw', remote.url('a')]),
    await remote.run(['rmdir', '--json', remote.url('empty')]),
    await remote.run(['rmdir', remote.url('')]),
  ];
  assert.deepEqual([chmod.code, wrong.code, rmdir.code, full.code], [0, 2, 0, 2], chmod.errors + rmdir.errors);
  assert.deepEqual(records(chmod), [
    { path: '/a', mode: 0o640 },
    { path: '/b', mode: 0o640 },
  ]);
  assert.equal((await stat(join(remote.server.root, 'b'))).mode & 0o777, 0o640);
  assert.deepEqual(records(rmdir), [{ removed: '/empty' }]);
});

test('directories are made, entries moved and removed', async (context) => {
  const remote = await startRemote(context);
  await store(remote, { a: 'a', b1: '', b2: '' });
  const steps = [
    ['mkdir', '-p', remote.url('x/y')],
    ['mv', remote.url('a'), 'x/y/'],
    ['mv', remote.url('x/y/a'), remote.url('x/c')],
    ['rm', remote.url('b*')],
    ['rm', '-f', remote.url('b1')],
  ];
  for (const step of steps) {
    const { code, output, errors } = await remote.run(step);
    assert.deepEqual([code, output, errors], [0, '', ''], step.join(' '));
  }
  assert.deepEqual(await readdir(remote.server.root, { recursive: true }), ['x', 'x/c', 'x/y']);
  const [missing, all, tree] = await Promise.all([
    remote.run(['rm', remote.url('b1')]),
    remote.run(['rm', '-r', remote.url('/')]),
    remote.run(['rm', '-r', '--json', remote.url('x')]),
  ]);
  assert.equal(missing.code, 6);
  assert.deepEqual([all.code, /No file is named/.test(all.errors)], [2, true]);
  assert.deepEqual([tree.code, records(tree)], [0, [{ removed: '/x' }]]);
  assert.deepEqual(await readdir(remote.server.root), []);
});

test('rm and mv take nothing that the user did not name, however much a bookmark or an URL stands for', async (context) => {
  const remote = await startRemote(context);
  await mkdir(join(remote.server.root, 'in/deep'), { recursive: true });
  await store(remote, { 'in/a': 'a', 'in/deep/b': 'b' });
  const flags = ['--ca', remote.server.certificateFile];
  const added = await remote.bare(['bookmark', 'add', 'inbox', remote.url('in/'), ...flags]);
  assert.equal(added.code, 0, added.errors);
  const words = ['inbox:', 'inbox:.', 'inbox:..', 'inbox:/', 'inbox:deep/..', remote.url(''), remote.url('in/..')];
  const lines = words.flatMap((word) => [
    ['rm', '-rf', word],
    ['mv', word, 'elsewhere'],
  ]);
  for (const line of [...lines, ['rm', '-r', 'inbox:']]) {
    const { code, errors } = await remote.run(line);
    assert.deepEqual([code, /No file is named/.test(errors)], [2, true], `${line.join(' ')}: ${errors}`);
  }
  for (const line of ['rm -r .', "rm -r ''", 'rm -r deep/..', 'mv . x']) {
    const { code, errors } = await remote.run(['shell', 'inbox:'], { input: `${line}\n` });
    assert.deepEqual([code, /names nothing|is named that/.test(errors)], [2, true], `${line}: ${errors}`);
  }
  assert.deepEqual((await readdir(remote.server.root, { recursive: true })).sort(), [
    'in',
    'in/a',
    'in/deep',
    'in/deep/b',
  ]);
  assert.equal((await remote.run(['rm', '-r', 'inbox:deep'])).code, 0);
  assert.deepEqual((await readdir(remote.server.root, { recursive: true })).sort(), ['in', 'in/a']);
});

test('a command of the server is sent as it is written, and a refusal is its own exit code', async (context) => {
  const remote = await startRemote(context);
  const [help, refused] = await Promise.all([
    remote.run(['site', remote.url(''), 'HELP']),
    remote.run(['site', remote.url(''), 'NO', 'SUCH']),
  ]);
  assert.equal(help.code, 0, help.errors);
  assert.match(help.output, /SITE/i);
  assert.equal(refused.code, 7);
  assert.match(refused.errors, /^lockport: 50\d .*\(SITE NO SUCH\)\n$/);
});

test('output that can not be written is a failure of this machine', {
  skip: !existsSync('/dev/full'),
}, async (context) => {
  const remote = await startRemote(context);
  await store(remote, { a: 'text' });
  for (const words of ['ls URL', 'cat URL', 'get URL -', 'hash --json URL']) {
    const [verb = '', ...rest] = words.replace('URL', remote.url('a')).split(' ');
    const { code, errors } = await remote.bare(
      ['-c', 'exec "$0" "$@" > /dev/full', BIN, verb, '--ca', remote.server.certificateFile, ...rest],
      { bin: '/bin/sh', environment: { LOCKPORT_PASSWORD: 'wonderland' } },
    );
    assert.deepEqual([code, errors], [9, 'lockport: standard output: no space left on the device\n'], words);
  }
});

test('a pattern that matches nothing is said to, by each verb; a name with wildcards in it is found', async (context) => {
  const remote = await startRemote(context);
  await store(remote, { 'a[1].csv': 'text' });
  for (const verb of ['ls', 'get', 'cat', 'hash', 'rm']) {
    const { code, output, errors } = await remote.run([verb, remote.url('*.nope')]);
    assert.deepEqual([code, output, errors], [6, '', 'lockport: Nothing matches *.nope\n'], verb);
  }
  assert.equal((await remote.run(['rm', '-f', remote.url('*.nope')])).code, 0);
  assert.equal((await remote.run(['cat', remote.url('a[1].csv')])).output, 'text');
});

test('a listing that nobody wants to read to its end stops in silence', async (context) => {
  const remote = await startRemote(context);
  // Far more than the pipe and whoever reads it hold, however late that one stops.
  for (let index = 0; index < 4000; index += 1) await store(remote, { [`file-${index}`.padEnd(240, '-')]: '' });
  const child = spawn(BIN, ['ls', '--ca', remote.server.certificateFile, remote.url('')], {
    env: { PATH: process.env['PATH'], HOME: remote.home, LOCKPORT_PASSWORD: 'wonderland' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.once('data', () => child.stdout.destroy());
  let errors = '';
  child.stderr.on('data', (part) => {
    errors += part;
  });
  const [code] = await once(child, 'close');
  assert.deepEqual([code, errors], [141, '']);
});
