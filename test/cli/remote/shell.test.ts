import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Outcome } from '../lockport-process.ts';
import { type Remote, records, startRemote, store } from './remote-fixture.ts';

interface Shell extends Remote {
  /** Runs a script of these lines from the directory of the login. */
  play(lines: readonly string[], flags?: readonly string[]): Promise<Outcome>;
}

async function startShell(context: TestContext): Promise<Shell> {
  const remote = await startRemote(context);
  return {
    ...remote,
    play: (lines, flags = []) =>
      remote.run(['shell', ...flags, remote.url('')], { input: lines.map((line) => `${line}\n`).join('') }),
  };
}

async function played(shell: Shell, ...lines: readonly string[]): Promise<string> {
  const { code, output, errors } = await shell.play(lines);
  assert.equal(code, 0, errors);
  return output;
}

test('a script goes from directory to directory, and paths begin there', async (context) => {
  const shell = await startShell(context);
  await mkdir(join(shell.server.root, 'in', 'deep er'), { recursive: true });
  await store(shell, { 'in/deep er/a.txt': 'A' });
  const output = await played(
    shell,
    '# a script',
    '',
    'cd in',
    'cd "deep er"',
    'pwd',
    'ls',
    'cat a.txt',
    'cd ..',
    'pwd',
  );
  assert.equal(output, '/in/deep er\na.txt\nA/in\n');
  assert.equal(await played(shell, 'cd in', 'cd', 'pwd'), '/\n');
  const inside = await shell.run(['shell', shell.url('in')], { input: 'pwd\n' });
  assert.equal(inside.output, '/in\n');
});

test('files go both ways, one by one and by patterns', async (context) => {
  const shell = await startShell(context);
  await store(shell, { 'a.csv': '1', 'b.csv': '2', 'c.txt': '3' });
  await mkdir(join(shell.server.root, 'dir.csv'));
  await mkdir(join(shell.home, 'up'));
  await mkdir(join(shell.home, 'up', 'dir.log'));
  for (const name of ['x.log', 'y.log', 'z z.txt']) await writeFile(join(shell.home, 'up', name), name);
  await played(
    shell,
    'mget *.csv',
    'get c.txt renamed.txt',
    'lcd up',
    'mput *.log',
    'put "z z.txt"',
    'put x.log dir.csv/',
    'put x.log other.log',
  );
  assert.deepEqual((await readdir(shell.home)).sort(), ['a.csv', 'b.csv', 'renamed.txt', 'up']);
  const there = (await readdir(shell.server.root)).sort();
  assert.deepEqual(there, ['a.csv', 'b.csv', 'c.txt', 'dir.csv', 'other.log', 'x.log', 'y.log', 'z z.txt']);
  assert.deepEqual(await readdir(join(shell.server.root, 'dir.csv')), ['x.log']);
});

test('a quoted wildcard is a character: it removes one file and not all', async (context) => {
  const shell = await startShell(context);
  await store(shell, { 'a*': '', ab: '', ac: '' });
  await played(shell, "rm 'a*'");
  assert.deepEqual((await readdir(shell.server.root)).sort(), ['ab', 'ac']);
  await played(shell, 'rm a*');
  assert.deepEqual(await readdir(shell.server.root), []);
});

test('the server is changed, and asked about its files', async (context) => {
  const shell = await startShell(context);
  await store(shell, { f: 'content' });
  const output = await played(
    shell,
    'mkdir one two',
    'rmdir two',
    'mv f one/',
    'chmod 600 one/f',
    'stat one/f',
    'hash --algorithm MD5 one/f',
    'site help',
  );
  assert.match(output, /^mode +-rw------- \(0600\)$/m);
  assert.match(output, /^9a0364b9e99bb480dd25e1f0284c8555 {2}\/one\/f$/m);
  assert.match(output, /SITE commands/);
  assert.deepEqual(await readdir(shell.server.root), ['one']);
});

test('local directories are shown', async (context) => {
  const shell = await startShell(context);
  await mkdir(join(shell.home, 'sub'));
  await writeFile(join(shell.home, 'sub', 'f'), '');
  assert.equal(await played(shell, 'lls', 'lls sub', 'lcd sub', 'lpwd'), `sub/\nf\n${join(shell.home, 'sub')}\n`);
});

test('a script ends at its first failure, with its exit code and the number of the line', async (context) => {
  const shell = await startShell(context);
  for (const [line, code] of [
    ['cat nothing', 6],
    ['cd nothing', 6],
    ['what', 2],
    ['ls "', 2],
    ['ls --what', 2],
    ['lcd nothing', 9],
    ['put nothing', 9],
    ['put -', 2],
    ['rm ""', 2],
    ['rm -r .', 2],
    ['chmod rw f', 2],
    ['site nonsense', 7],
  ] as const) {
    const { code: actual, output, errors } = await shell.play(['pwd', line, 'pwd']);
    assert.deepEqual([actual, output], [code, '/\n'], `${line}: ${errors}`);
    assert.match(errors, /^lockport: line 2 failed: /m);
  }
});

test('--keep-going carries out the rest, and tells that some failed', async (context) => {
  const shell = await startShell(context);
  const { code, output, errors } = await shell.play(['cat nothing', 'pwd'], ['--keep-going']);
  assert.deepEqual([code, output], [10, '/\n']);
  assert.match(errors, /line 1 failed/);
});

test('exit ends it, and so does quit', async (context) => {
  const shell = await startShell(context);
  assert.equal(await played(shell, 'exit', 'pwd'), '');
  assert.equal(await played(shell, 'quit', 'what'), '');
});

test('help names every command, and tells what one takes', async (context) => {
  const shell = await startShell(context);
  const names = (await played(shell, 'help')).split('\n').map((line) => line.split(' ', 1)[0]);
  assert.deepEqual(
    names.slice(0, -2),
    'ls cd pwd get mget put mput cat rm mv mkdir rmdir stat hash chmod site lcd lls lpwd exit help'.split(' '),
  );
  assert.match(await played(shell, 'help get'), /^Usage: get \[options\] <file\.\.\.>[^]*--resume/);
  assert.equal((await shell.play(['help what'])).code, 2);
});

test('--json prints an object a line, failures too', async (context) => {
  const shell = await startShell(context);
  await store(shell, { f: 'content' });
  const outcome = await shell.play(['pwd', 'ls', 'cat nothing'], ['--json']);
  const [directory, entry, failure] = records(outcome);
  assert.equal(outcome.code, 6);
  assert.deepEqual(directory, { directory: '/' });
  assert.partialDeepStrictEqual(entry, { name: 'f', size: 7 });
  assert.partialDeepStrictEqual(failure?.['error'], { code: 'not-found' });
});

test('a script leaves no history', async (context) => {
  const shell = await startShell(context);
  await played(shell, 'pwd');
  await assert.rejects(stat(join(shell.home, '.local')), { code: 'ENOENT' });
});

test('standard input can not be script and password at once', async (context) => {
  const shell = await startShell(context);
  const { code, errors } = await shell.play(['pwd'], ['--password-stdin']);
  assert.equal(code, 2);
  assert.match(errors, /LOCKPORT_PASSWORD/);
});

test('it begins nowhere but in a directory', async (context) => {
  const shell = await startShell(context);
  await store(shell, { f: '' });
  assert.equal((await shell.run(['shell', shell.url('f')], { input: 'pwd\n' })).code, 6);
  assert.equal(await readFile(join(shell.server.root, 'f'), 'utf8'), '');
});
