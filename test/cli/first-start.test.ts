import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { firstStartText } from '../../src/cli/first-start.ts';
import { shellWord } from '../../src/cli/shell-word.ts';
import { identify } from '../../src/service/certificate/index.ts';
import { testCertificate } from '../../src/testing/certificates.ts';
import { findTool, type Tool } from '../interop/tool.ts';
import { BIN, NO_CONSOLE, serve, temporaryDirectory } from './lockport-process.ts';

/** Runs the printed commands of the program, as somebody who pastes them, for FILE given. */
async function paste(
  context: TestContext,
  program: string,
  use: (shell: Tool, commands: string[], file: string) => Promise<void>,
) {
  const [tool, shell] = [await findTool(program === 'LOCKPORT_PASSWORD' ? 'sh' : program), await findTool('sh')];
  if (!tool || !shell) {
    assert.notEqual(process.env['CI'], 'true', `${program} is missing: scripts/install-test-tools.sh installs it`);
    return context.skip(`${program} is missing: scripts/install-test-tools.sh installs it`);
  }
  const directory = await temporaryDirectory(context);
  const server = await serve(context, join(directory, "data of o'hara"));
  const { account, password, certificate: file } = await server.firstAccount();
  const text = firstStartText({
    account: { name: account, password },
    certificate: { file, ...identify(await readFile(file, 'utf8')) },
    isOfThisMachine: true,
    program: shellWord(BIN),
    addAccount: '',
    addresses: (['explicit', 'implicit'] as const).map((mode) => ({
      mode,
      address: '127.0.0.1',
      port: server.port(mode),
    })),
  });
  const upload = join(directory, 'report.txt');
  await writeFile(upload, 'a report');
  const commands = text.split('\n').filter((line) => line.startsWith(`  ${program}`));
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

test('the commands of our own client at the first start work as they are printed', async (context) => {
  await paste(context, 'LOCKPORT_PASSWORD', async (shell, commands, arrived) => {
    assert.equal(commands.length, 2);
    for (const command of commands) {
      await writeFile(arrived, 'a report');
      assert.equal(await shell.run(['-c', command]), 'report.txt\n');
    }
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

/** What a first start with a configuration of its own tells a person, and where the files are that it names. */
async function firstStart(context: TestContext, directory: string, configuration: string) {
  const config = join(directory, 'lockport.yaml');
  await writeFile(config, configuration);
  const dataDir = join(directory, 'data');
  const args = ['serve', '--data-dir', dataDir, '--config', config];
  const child = spawn(BIN, args, { cwd: dirname(dirname(BIN)), env: { ...process.env, ...NO_CONSOLE } });
  const closed = once(child, 'close');
  context.after(() => child.kill('SIGKILL'));
  let told = '';
  for await (const part of child.stderr.setEncoding('utf8')) {
    told += part;
    if (told.includes('More accounts')) break;
  }
  child.kill('SIGKILL');
  await closed;
  return { told, dataDir, config };
}

test('for a self-signed certificate of the operator the commands name it, and the name that it has', async (context) => {
  const directory = await temporaryDirectory(context);
  const { certificate, key } = await testCertificate(['ftp.example.org']);
  await writeFile(join(directory, 'own.pem'), certificate);
  await writeFile(join(directory, 'own.key'), key);
  const ports = 'listen: 127.0.0.1\nexplicit: {port: 0}\nimplicit: {port: 0}\n';
  const certificates = 'tls: {certificates: [{certificate: own.pem, key: own.key}]}\n';
  const { told, dataDir, config } = await firstStart(context, directory, `log: pretty\n${ports}${certificates}`);
  const own = join(directory, 'own.pem');
  assert.match(told, new RegExp(`curl --ssl-reqd --cacert ${own} .* ftp://ftp\\.example\\.org:`));
  assert.match(told, new RegExp(`set ssl:ca-file ${own};`));
  assert.ok(
    told.includes(`\nMore accounts: ./bin/lockport user add NAME --data-dir ${dataDir} --config ${config}\n`),
    told,
  );
});

test('commands are printed for the listeners alone that let the account in', async (context) => {
  const listeners = (...accounts: string[]) => `log: pretty
listeners:
${accounts.map((names) => `- {mode: explicit, address: 127.0.0.1, port: 0${names}}`).join('\n')}
`;
  const { told } = await firstStart(
    context,
    await temporaryDirectory(context),
    listeners(', accounts: [camera]', '', ', accounts: [camera, admin]'),
  );
  assert.equal(told.match(/Explicit TLS on port/g)?.length, 2, told);

  const none = await firstStart(context, await temporaryDirectory(context), listeners(', accounts: [camera]'));
  assert.doesNotMatch(none.told, /TLS on port/);
  assert.match(none.told, /No listener lets this account in/);
});
