import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SessionReuse } from '../../src/core/index.ts';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { digestsOf, writeFiles } from './sample-files.ts';
import { pythonWith, skipWithoutPrograms, type Tool } from './tool.ts';

const script = fileURLToPath(new URL('aioftp-client.py', import.meta.url));

const FILES = { empty: 0, byte: 1, some: 200_000, 'deep/many': 3_000_000, 'deep/er/with space': 10 };
const LISTED = 'up/byte:1 up/deep/er/with space:10 up/deep/many:3000000 up/empty:0 up/some:200000';

/** A server, Python with aioftp, and a directory with a tree of files in `up`. */
interface Setting {
  readonly server: TestServer;
  readonly python: Tool;
  readonly directory: string;
  readonly args: (version: string) => readonly string[];
}

// It waits for the end of its handshake on a data connection before it sends the command.
suite('aioftp, implicit', () => {
  for (const version of ['TLSv1_2', 'TLSv1_3']) {
    test(`moves a tree up and down, lists and appends over one connection, ${version}`, (context) =>
      withAioftp(context, 'prefer', async ({ server, python, directory, args }) => {
        const [machine, long, tail] = (await python.run(args(version))).trim().split('\n');
        assert.equal(machine, `MLSD ${LISTED}`);
        assert.equal(long, `LIST ${LISTED}`);
        assert.deepEqual(await digestsOf(join(directory, 'back')), await digestsOf(join(directory, 'up')));
        await appendFile(join(directory, 'up/some'), ' and more');
        assert.equal(tail, (await readFile(join(directory, 'up/some'))).subarray(199_998).toString('hex'));
        assert.deepEqual(await digestsOf(join(server.root, 'up')), await digestsOf(join(directory, 'up')));
      }));

    test(`is told the rule where session reuse is required, which it cannot do, ${version}`, (context) =>
      withAioftp(context, 'require', async ({ server, python, args }) => {
        const { code, errors } = await python.attempt(args(version));
        assert.equal(code, 1);
        assert.match(errors, /522 .*session/);
        assert.deepEqual(await digestsOf(server.root), {});
      }));
  }
});

function withAioftp(
  context: TestContext,
  sessionReuse: SessionReuse,
  body: (setting: Setting) => Promise<void>,
): Promise<void> {
  return skipWithoutPrograms(context, async () => {
    const python = await pythonWith('aioftp');
    await using server = await startTestServer({ sessionReuse });
    const directory = await mkdtemp(join(tmpdir(), 'lockport-aioftp-'));
    try {
      await writeFiles(join(directory, 'up'), FILES);
      const { implicitPort, certificateFile } = server;
      const where = ['localhost', String(implicitPort), certificateFile];
      const args = (version: string) => [script, ...where, version, 'alice', 'wonderland', directory];
      await body({ server, python, directory, args });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
}
