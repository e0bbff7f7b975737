import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { digestsOf, ODD_NAMES, SIZES, writeFiles } from './sample-files.ts';
import { type Tool, testWith } from './tool.ts';

suite('rclone', () => {
  let server: TestServer;
  let local: string;

  before(async () => {
    // It keeps one cache of TLS sessions for all of its connections, so that a data connection may come with another's.
    server = await startTestServer();
    local = await mkdtemp(join(tmpdir(), 'lockport-rclone-'));
    await writeFiles(local, SIZES);
    // It spells a space at the end of a name in its own way.
    const names = ODD_NAMES.filter((name) => !name.endsWith(' '));
    await writeFiles(join(local, 'odd'), Object.fromEntries(names.map((name, index) => [name, 100 + index])));
    const many = Array.from({ length: 100 }, (_, index) => [`${index % 5}/${index}`, index * 101] as const);
    await writeFiles(join(local, 'hundred'), Object.fromEntries(many));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(local, { recursive: true });
  });

  for (const [mode, flag, port] of [
    ['explicit', '--ftp-explicit-tls', () => server.explicitPort],
    ['implicit', '--ftp-tls', () => server.implicitPort],
  ] as const) {
    testWith('rclone', `syncs both ways and finds no difference, ${mode}`, async (rclone) => {
      const back = await mkdtemp(join(tmpdir(), 'lockport-rclone-back-'));
      const options = await remoteOptions(rclone, port(), flag);
      const run = (...args: readonly string[]) =>
        rclone.run([...args, ...options], '', { SSL_CERT_FILE: server.certificateFile });
      await run('sync', local, `:ftp:${mode}`);
      await run('check', local, `:ftp:${mode}`);
      await run('check', '--download', local, `:ftp:${mode}`);
      await run('sync', `:ftp:${mode}`, back);
      assert.deepEqual(await digestsOf(join(server.root, mode)), await digestsOf(local));
      assert.deepEqual(await digestsOf(back), await digestsOf(local));
      // A session that is refused would show as a second attempt only.
      assert.deepEqual(
        server.events.filter(({ event }) => event === 'data.refused'),
        [],
      );
      await rm(back, { recursive: true });
    });
  }
});

async function remoteOptions(rclone: Tool, port: number, flag: string): Promise<readonly string[]> {
  const password = (await rclone.run(['obscure', 'wonderland'])).trim();
  const remote = { host: 'localhost', port, user: 'alice', pass: password };
  return [...Object.entries(remote).map(([name, value]) => `--ftp-${name}=${value}`), flag, ...FLAGS];
}

const FLAGS = ['--config=', '--retries=1', '--transfers=8', '--checkers=8'];
