import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SessionReuse } from '../../src/core/index.ts';
import { startTestServer } from '../../src/testing/running-server.ts';
import { digestOf, digestsOf, writeFiles } from './sample-files.ts';
import { type Outcome, type Tool, testWith } from './tool.ts';

const script = fileURLToPath(new URL('ftp-extension.php', import.meta.url));

suite("PHP's ftp extension", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockport-php-'));
  });
  after(() => rm(directory, { recursive: true }));

  for (const [version, sessionReuse] of [
    ['TLSv1.2', 'require'],
    ['TLSv1.3', 'prefer'],
  ] as const) {
    testWith('php', `uploads, downloads and lists on one connection, ${version}, "${sessionReuse}"`, async (php) => {
      const { outcome, sent, stored } = await run(php, version, sessionReuse);
      assert.deepEqual(outcome, { code: 0, output: '', errors: '' });
      assert.equal(await digestOf(`${directory}/file.back`), sent);
      assert.deepEqual(stored, Object.fromEntries(['one', 'two', 'three', 'four', 'five'].map((name) => [name, sent])));
    });
  }

  // It uses a ticket once, and Node can't send a fresh one on the control connection.
  testWith('php', 'has no TLS 1.3 session left after an upload where reuse is required', async (php) => {
    const { outcome } = await run(php, 'TLSv1.3', 'require');
    assert.equal(outcome.code, 1);
    assert.match(outcome.errors, /^download one: /);
  });

  async function run(php: Tool, version: string, sessionReuse: SessionReuse) {
    await using server = await startTestServer({ sessionReuse });
    await writeFiles(directory, { file: 300_000 });
    const file = join(directory, 'file');
    const configuration = join(directory, 'openssl.cnf');
    await writeFile(configuration, opensslFor(version));
    const args = [script, 'localhost', String(server.explicitPort), 'alice', 'wonderland', file];
    const outcome: Outcome = await php.attempt(args, '', { OPENSSL_CONF: configuration });
    return { outcome, sent: await digestOf(file), stored: await digestsOf(server.root) };
  }
});

/** The extension has no setting for the version. */
function opensslFor(version: string): string {
  return [
    'openssl_conf = all',
    '[all]',
    'ssl_conf = tls',
    '[tls]',
    'system_default = versions',
    '[versions]',
    `MinProtocol = ${version}`,
    `MaxProtocol = ${version}`,
    '',
  ].join('\n');
}
