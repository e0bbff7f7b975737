import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SessionReuse } from '../../src/core/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { digestOf, digestsOf, writeFiles } from './sample-files.ts';
import { type Tool, testWith } from './tool.ts';

const script = fileURLToPath(new URL('net-ftp.rb', import.meta.url));

suite("Ruby's net/ftp", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockport-ruby-'));
  });
  after(() => rm(directory, { recursive: true }));

  for (const [version, sessionReuse] of [
    ['2', 'require'],
    ['3', 'prefer'],
  ] as const) {
    testWith(
      'ruby',
      `uploads, downloads and lists on one connection, TLS 1.${version}, "${sessionReuse}"`,
      async (ruby) => {
        const { outcome, sent, stored } = await run(ruby, version, sessionReuse);
        assert.deepEqual(outcome, { code: 0, output: '', errors: '' });
        assert.equal(await digestOf(`${directory}/file.back`), sent);
        assert.deepEqual(
          stored,
          Object.fromEntries(['one', 'two', 'three', 'four', 'five'].map((name) => [name, sent])),
        );
      },
    );
  }

  // It keeps the ticket of the control connection, uses it once, and Node can't send a fresh one there.
  testWith('ruby', 'has one TLS 1.3 session and no more where reuse is required', async (ruby) => {
    const { outcome, stored, sent } = await run(ruby, '3', 'require');
    assert.equal(outcome.code, 1);
    assert.deepEqual(stored, { one: sent });
  });

  async function run(ruby: Tool, version: string, sessionReuse: SessionReuse) {
    await using server = await startTestServer({ sessionReuse });
    await writeFiles(directory, { file: 300_000 });
    const file = join(directory, 'file');
    const where = ['localhost', String(server.explicitPort), server.certificateFile];
    const outcome = await ruby.attempt([script, ...where, 'alice', 'wonderland', version, file]);
    return { outcome, sent: await digestOf(file), stored: await digestsOf(server.root) };
  }
});
