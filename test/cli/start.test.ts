import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BUNDLER = path.resolve(import.meta.dirname, '../../scripts/build-command.ts');
const ROOT = path.resolve(import.meta.dirname, '../..');

/** Writes the URL of each module that is loaded to standard error. */
const REPORT = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); } });
`)}`;

/** The URLs of all modules that a command line loads. */
async function urlsLoadedBy(program: string, words: readonly string[]): Promise<readonly string[]> {
  const args = ['--import', REPORT, program, ...words];
  const env = { HOME: '/nonexistent', NODE_DISABLE_COMPILE_CACHE: '1' };
  // What fails on purpose has said on standard error what it loaded, too.
  const { stderr } = await run(process.execPath, args, { env }).catch((error: { readonly stderr: string }) => error);
  return stderr.trim().split('\n');
}

/** What a command line loads: rooms of the source, packages and parts of Node, by name. */
async function loadedBy(...words: readonly string[]): Promise<ReadonlySet<string>> {
  const urls = await urlsLoadedBy(path.join(ROOT, 'src/cli/main.ts'), words);
  return new Set(
    urls.map((url) => /\/node_modules\/([^/]+)|\/(src\/[^/]+)|^(node:.*)/.exec(url)?.slice(1).find(Boolean) ?? url),
  );
}

test('--version loads the command line alone, and nothing that it does not need', async () => {
  const loaded = await loadedBy('--version');
  assert.ok(loaded.has('src/cli'));
  for (const name of loaded) assert.ok(name === 'src/cli' || name.startsWith('node:'), name);
});

test('a verb of the client loads neither the server nor what only the configuration needs', async () => {
  const loaded = await loadedBy('ls', '--help');
  assert.ok(loaded.has('src/client'));
  for (const name of [
    'src/server',
    'src/service',
    'src/storage',
    'src/identity',
    'src/database',
    'zod',
    'yaml',
    'pino',
    'node:zlib',
    'node:perf_hooks',
  ]) {
    assert.ok(!loaded.has(name), name);
  }
});

test('a verb of the client that fails does not load the server for that', async () => {
  const loaded = await loadedBy('ls', 'ftp://localhost/');
  assert.ok(
    [...loaded].some((line) => line.includes('--allow-clear')),
    [...loaded].join('\n'),
  );
  assert.ok(!loaded.has('src/service'));
});

test('the bundle is few files for a verb of the client, and fewer for the version', async (context) => {
  // Two levels below the manifest, as the one that is run.
  await mkdir(path.join(ROOT, 'dist'), { recursive: true });
  const bundle = await mkdtemp(path.join(ROOT, 'dist', 'counted-'));
  context.after(() => rm(bundle, { recursive: true }));
  await run(process.execPath, [BUNDLER, bundle]);
  const filesFor = async (...words: readonly string[]): Promise<number> => {
    const urls = await urlsLoadedBy(path.join(bundle, 'main.js'), words);
    return urls.filter((url) => url.includes(path.basename(bundle))).length;
  };
  const counts = [await filesFor('--version'), await filesFor('ls', '--help')] as const;
  assert.ok(counts[0] <= 3, `${counts[0]} files for --version`);
  assert.ok(counts[1] <= 35, `${counts[1]} files for ls`);
});

test('a verb of the server does not load the client', async () => {
  const loaded = await loadedBy('serve', '--help');
  assert.ok(loaded.has('src/service'));
  assert.ok(!loaded.has('src/client'));
});
