import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { startTestServer } from '../../src/testing/running-server.ts';
import { testWith } from './tool.ts';

const MEBIBYTE = 2 ** 20;

testWith('curl', 'A file of 1 GiB goes up and comes down whole', async (curl) => {
  const local = await mkdtemp(join(tmpdir(), 'lockport-gigabyte-'));
  await using _removed = { [Symbol.asyncDispose]: () => rm(local, { recursive: true }) };
  await using server = await startTestServer();
  await writeRandom(join(local, 'big'), 1024);
  const options = ['--silent', '--show-error', '--disable', '--ssl-reqd', '--cacert', server.certificateFile];
  const remote = ['--user', 'alice:wonderland', `ftp://localhost:${server.explicitPort}/big`];
  await curl.run([...options, '--upload-file', join(local, 'big'), ...remote]);
  await curl.run([...options, '--output', join(local, 'back'), ...remote]);
  const digests = await Promise.all([join(local, 'big'), join(server.root, 'big'), join(local, 'back')].map(digestOf));
  assert.equal(new Set(digests).size, 1);
});

async function writeRandom(path: string, mebibytes: number): Promise<void> {
  await using file = await open(path, 'w');
  for (let written = 0; written < mebibytes; written += 1) await file.write(randomBytes(MEBIBYTE));
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: MEBIBYTE }), hash);
  return hash.digest('hex');
}
