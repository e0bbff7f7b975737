import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { firstStartText } from '../../src/cli/first-start.ts';
import { findTool, type Tool } from '../interop/tool.ts';
import { serve, temporaryDirectory } from './lockport-process.ts';

/** Runs the printed commands of the program, as somebody who pastes them, for FILE given. */
async function paste(
  context: TestContext,
  program: string,
  use: (shell: Tool, commands: string[], file: string) => Promise<void>,
) {
  const [tool, shell] = [await findTool(program), await findTool('sh')];
  if (!tool || !shell) {
    assert.notEqual(process.env['CI'], 'true', `${program} is missing: scripts/install-test-tools.sh installs it`);
    return context.skip(`${program} is missing: scripts/install-test-tools.sh installs it`);
  }
  const directory = await temporaryDirectory(context);
  const server = await serve(context, join(directory, "data of o'hara"));
  const { account, password, certificate: file, fingerprint, pin } = await server.firstAccount();
  const text = firstStartText({
    account: { name: account, password },
    certificate: { file, fingerprint, pin, subject: '', names: '', validFrom: new Date(), validTo: new Date() },
    isSelfSigned: true,
    addresses: (['explicit', 'implicit'] as const).map((mode) => ({
      mode,
      address: '127.0.0.1',
      port: server.port(mode),
    })),
  });
  const upload = join(directory, 'report.txt');
  await writeFile(upload, 'a report');
  const commands = text.split('\n').filter((line) => line.startsWith(`  ${program} `));
  await use(
    shell,
    commands.map((line) => line.replace('FILE', upload)),
    join(server.dataDir, 'files', 'report.txt'),
  );
}

test('the curl commands of the first start work as they are printed', async (context) => {
  await paste(context, 'curl', async (shell, commands, arrived) => {
    assert.equal(commands.length, 4);
    for (const command of commands) await shell.run(['-c', command]);
    assert.equal(await readFile(arrived, 'utf8'), 'a report');
  });
});

test('the lftp commands of the first start work as they are printed', async (context) => {
  await paste(context, 'lftp', async (shell, commands, arrived) => {
    assert.equal(commands.length, 2);
    for (const [index, command] of commands.entries()) {
      await writeFile(arrived, `before ${index}`);
      assert.equal(await shell.run(['-c', command], 'cat report.txt\n'), `before ${index}`);
    }
  });
});
