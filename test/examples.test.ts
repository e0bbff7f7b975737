import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { testCertificate } from '../src/testing/certificates.ts';
import { testWith } from './interop/tool.ts';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const MAX_LINES = 40;

test(`Each example has fewer than ${MAX_LINES} lines`, async () => {
  const names = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.ts'));
  assert.ok(names.length > 0);
  for (const name of names) {
    const lines = (await readFile(join(EXAMPLES, name), 'utf8')).trimEnd().split('\n');
    assert.ok(lines.length < MAX_LINES, `${name} has ${lines.length} lines`);
  }
});

testWith('curl', 'own-storage-and-accounts.ts takes a file, gives it back, and tells of both', async (curl) => {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-example-'));
  const files = { certificate: join(directory, 'certificate.pem'), key: join(directory, 'key.pem') };
  const { certificate, key } = await testCertificate(['localhost', '127.0.0.1']);
  await writeFile(files.certificate, certificate);
  await writeFile(files.key, key);
  const news = join(directory, 'news');
  await writeFile(news, 'tomorrow, on page one');

  await using example = await startExample('own-storage-and-accounts.ts', files.certificate, files.key, '0');
  const url = `ftp://127.0.0.1:${example.port}/news`;
  const transfer = (user: string, ...how: readonly string[]) =>
    curl.attempt(['--silent', '--disable', '--ssl-reqd', '--cacert', files.certificate, '--user', user, ...how, url]);
  const press = 'press:print-it-tonight';
  assert.equal((await transfer(press, '--upload-file', news)).code, 0);
  assert.equal((await transfer(press)).output, 'tomorrow, on page one');
  assert.equal((await transfer('press:guess')).code, 67, 'CURLE_LOGIN_DENIED');
  assert.equal((await transfer(press, '--quote', 'DELE news')).code, 21, 'CURLE_QUOTE_ERROR: no right to delete');
  assert.deepEqual(await example.stop(), ['STOR /news: complete, 21 bytes', 'RETR /news: complete, 21 bytes']);
  await rm(directory, { recursive: true });
});

interface RunningExample extends AsyncDisposable {
  readonly port: number;
  /** Ends it by SIGTERM; gives the lines that it wrote after the one that names its port. */
  stop(): Promise<readonly string[]>;
}

async function startExample(name: string, ...args: readonly string[]): Promise<RunningExample> {
  const child = spawn(process.execPath, ['--conditions=lockport-source', join(EXAMPLES, name), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await Promise.race([once(output, 'line'), closed]);
  const port = Number(/port (\d+)$/.exec(lines.shift() ?? '')?.[1]);
  assert.ok(port > 0, 'the example names its port');
  return {
    port,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await closed;
      assert.equal(code, 0, 'it ends in good order');
      return lines;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
