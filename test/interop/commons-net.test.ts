import assert from 'node:assert/strict';
import { access, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestServer } from '../../src/testing/running-server.ts';
import { MissingProgram, testWith } from './tool.ts';

const program = fileURLToPath(new URL('CommonsNet.java', import.meta.url));
const library = '/usr/share/java/commons-net.jar';

suite('Apache commons-net on a JDK', () => {
  testWith('java', 'uploads, appends, lists and downloads, explicit and implicit, TLS 1.2 and 1.3', async (java) => {
    await access(library).catch(() => {
      throw new MissingProgram(library);
    });
    // It resumes no session on data connections by itself.
    await using server = await startTestServer({ sessionReuse: 'prefer' });
    const { explicitPort, implicitPort, certificateFile } = server;
    const modes = [
      ['explicit', explicitPort],
      ['implicit', implicitPort],
    ] as const;
    const versions = ['TLSv1.2', 'TLSv1.3'];
    const cells = modes.flatMap(([mode, port]) => versions.flatMap((version) => [mode, String(port), version]));
    const said = await java.run([
      '-cp',
      library,
      program,
      'localhost',
      certificateFile,
      'alice',
      'wonderland',
      ...cells,
    ]);
    assert.equal(said, modes.flatMap(([mode]) => versions.map((version) => `${mode} ${version} done\n`)).join(''));
    for (const directory of await readdir(server.root)) {
      assert.equal((await readdir(join(server.root, directory))).length, 12);
      assert.equal((await stat(join(server.root, directory, 'file-10'))).size, 15);
    }
  });
});
