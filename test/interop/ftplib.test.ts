import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestServer, type TestServer } from '../../src/testing/running-server.ts';
import { testWith } from './tool.ts';

const script = fileURLToPath(new URL('ftplib-client.py', import.meta.url));

suite("Python's ftplib", () => {
  let directory: string;
  let file: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lockport-ftplib-'));
    file = join(directory, 'numbers');
    await writeFile(file, Array.from({ length: 50_000 }, (_, index) => `${index}\n`).join(''));
  });
  after(() => rm(directory, { recursive: true }));

  const scriptArguments = ({ explicitPort, certificateFile }: TestServer) => [
    script,
    'localhost',
    String(explicitPort),
    certificateFile,
    'alice',
    'wonderland',
    file,
  ];

  for (const sessionReuse of ['prefer', 'off'] as const) {
    testWith(
      'python3',
      `uploads, resumes, lists, downloads and renames where reuse is "${sessionReuse}"`,
      async (python) => {
        await using server = await startTestServer({ sessionReuse });
        assert.equal(await python.run(scriptArguments(server)), await readFile(file, 'utf8'));
      },
    );
  }

  testWith('python3', 'is told how to mend it where session reuse is required, which it cannot do', async (python) => {
    await using server = await startTestServer({ sessionReuse: 'require' });
    const { code, errors } = await python.attempt(scriptArguments(server));
    assert.equal(code, 1);
    assert.match(errors, /522 .*session/);
  });
});
