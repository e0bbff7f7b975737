import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { BIN, lockport } from './lockport-process.ts';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');
const HOUR_MS = 3_600_000;

/** A clone whose source and whose bundle say which they are; the bundle is older by so much than what it was made of. */
async function cloneOf(context: TestContext, bundleAgeMs: number): Promise<string> {
  const clone = await mkdtemp(path.join(tmpdir(), 'lockport-clone-'));
  context.after(() => rm(clone, { recursive: true }));
  const bundle = path.join(clone, 'dist/cli/main.js');
  for (const directory of ['bin', 'src/cli', 'dist/cli']) await mkdir(path.join(clone, directory), { recursive: true });
  await copyFile(BIN, path.join(clone, 'bin/lockport'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(clone, 'node_modules'));
  await writeFile(path.join(clone, 'package.json'), '{ "type": "module" }');
  await writeFile(path.join(clone, 'package-lock.json'), '{}');
  await writeFile(path.join(clone, 'src/cli/main.ts'), "const what: string = 'source';\nconsole.log(what);\n");
  await writeFile(bundle, "console.log('bundle');\n");
  const made = new Date(Date.now() - bundleAgeMs);
  await utimes(bundle, made, made);
  return clone;
}

async function said(clone: string): Promise<string> {
  const { stdout } = await run(path.join(clone, 'bin/lockport'), ['version']);
  return stdout.trim();
}

test('a clone runs its bundle as long as its source is the one that it was made of', async (context) => {
  assert.equal(await said(await cloneOf(context, -HOUR_MS)), 'bundle');
});

test('a clone runs its source where any of it has changed since the bundle was made', async (context) => {
  assert.equal(await said(await cloneOf(context, HOUR_MS)), 'source');
});

test('a clone without a bundle runs its source', async (context) => {
  const clone = await cloneOf(context, -HOUR_MS);
  await rm(path.join(clone, 'dist'), { recursive: true });
  assert.equal(await said(clone), 'source');
});

test('the launcher says the version as the program does', async () => {
  const { output } = await lockport(['--version']);
  const { stdout } = await run(process.execPath, [path.join(ROOT, 'src/cli/main.ts'), '--version']);
  assert.equal(output, stdout);
  assert.equal((await lockport(['version'])).output, stdout);
});

test('the build makes a command line that runs, beside its workers and threads', async (context) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-build-'));
  context.after(() => rm(directory, { recursive: true }));
  const output = path.join(directory, 'dist/cli');
  await run(process.execPath, [path.join(ROOT, 'scripts/build-command.ts'), output]);
  await copyFile(path.join(ROOT, 'package.json'), path.join(directory, 'package.json'));
  await symlink(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  const { stdout } = await run(process.execPath, [path.join(output, 'main.js'), 'ls', '--help']);
  assert.match(stdout, /^Usage: lockport ls /);
  for (const program of ['worker-main.js', 'writer-thread.js', 'foreign-hash-thread.js', 'password-policy-thread.js']) {
    assert.equal((await run(process.execPath, ['--check', path.join(output, program)])).stderr, '');
  }
});

test('a program that runs finds its files until the bundle has been replaced twice', async (context) => {
  const output = await mkdtemp(path.join(tmpdir(), 'lockport-build-'));
  context.after(() => rm(output, { recursive: true }));
  const build = () => run(process.execPath, [path.join(ROOT, 'scripts/build-command.ts'), output]);
  const ofOthers = async () => (await readdir(output)).filter((name) => name.startsWith('of-'));
  await writeFile(path.join(output, 'of-the-first.js'), '');
  await build();
  assert.deepEqual(await ofOthers(), ['of-the-first.js']);
  await build();
  assert.deepEqual(await ofOthers(), ['of-the-first.js'], 'the same bundle again replaces nothing');
  await writeFile(path.join(output, 'of-the-second.js'), '');
  await build();
  assert.deepEqual(await ofOthers(), ['of-the-second.js']);
});
