import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestServer } from '../src/testing/index.ts';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));

/** Runs an example of the client as its first lines say. */
async function run(name: string, ...args: readonly string[]): Promise<string[]> {
  const words = ['--conditions=lockport-source', join(EXAMPLES, name), ...args];
  const env = { ...process.env, FTP_PASSWORD: 'wonderland' };
  const { stdout } = await promisify(execFile)(process.execPath, words, { env });
  return stdout.trimEnd().split('\n');
}

test('fetch-new-files.ts fetches each file once, whole, and moves it away on the server', async () => {
  await using server = await startTestServer();
  const local = await mkdtemp(join(tmpdir(), 'lockport-example-'));
  await mkdir(join(server.root, 'outbox'));
  await writeFile(join(server.root, 'outbox', 'orders.csv'), 'a,b\n1,2\n');
  await writeFile(join(server.root, 'outbox', 'notes.txt'), 'not for us');
  const url = `ftpes://alice@localhost:${server.explicitPort}/outbox`;
  const lines = await run('fetch-new-files.ts', url, local, server.certificateFile);
  assert.deepEqual(lines, ['orders.csv: 8 bytes, compared by SHA-512']);
  assert.equal(await readFile(join(local, 'orders.csv'), 'utf8'), 'a,b\n1,2\n');
  assert.deepEqual(await readdir(join(server.root, 'outbox', 'done')), ['orders.csv']);
  assert.deepEqual(await run('fetch-new-files.ts', url, local, server.certificateFile), ['']);
  await rm(local, { recursive: true });
});

test('send-in-parallel.ts sends several files at once and tells of each', async () => {
  await using server = await startTestServer();
  const local = await mkdtemp(join(tmpdir(), 'lockport-example-'));
  const files = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => join(local, name));
  for (const file of files) await writeFile(file, file.repeat(1000));
  const url = `ftps://alice@localhost:${server.implicitPort}/`;
  const lines = await run('send-in-parallel.ts', url, server.certificateFile, ...files);
  assert.deepEqual(
    lines.filter((line) => line.endsWith('fulfilled')),
    files.map((file) => `${file}: fulfilled`),
  );
  for (const file of files) {
    assert.equal(await readFile(join(server.root, file.slice(local.length)), 'utf8'), file.repeat(1000));
  }
  await rm(local, { recursive: true });
});
