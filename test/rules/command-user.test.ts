import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type LockportProcess, NOBODY, serve, temporaryDirectory } from '../cli/lockport-process.ts';

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
const skip = isRoot ? false : 'needs root on Linux';

/** A program that tells who it runs as, and fails as long as there is no file `ok`. */
async function prepare(context: TestContext) {
  const directory = await temporaryDirectory(context);
  const [program, out, ok] = ['who', 'out', 'ok'].map((name) => join(directory, name)) as [string, string, string];
  await writeFile(out, '');
  await chmod(out, 0o666);
  await writeFile(program, `#!/bin/sh\necho "$(id -u) $(id -G)" >> ${out}\ntest -e ${ok}\n`);
  await chmod(program, 0o755);
  return { directory, program, ok, ran: async () => (await readFile(out, 'utf8')).split('\n').slice(0, -1) };
}

async function upload(server: LockportProcess): Promise<void> {
  const { account, password } = await server.firstAccount();
  await using client = await server.connect();
  await client.signIn(account, password);
  await client.upload('STOR file', 'content');
}

test('what a server left undone runs as its final user, never as root, however it starts', {
  skip,
}, async (context) => {
  const { directory, program, ok, ran } = await prepare(context);
  const dataDir = join(directory, 'data');
  const rules = [{ name: 'who', when: ['uploaded'], do: [{ command: { run: [program] } }] }];
  const environment = {
    LOCKPORT_RULES: JSON.stringify(rules),
    LOCKPORT_LIMITS_RULE_RETRY_MS: '1000',
    LOCKPORT_RUN_AS_USER: 'nobody',
  };
  const first = await serve(context, dataDir, [], { environment });
  await upload(first);
  while ((await ran()).length === 0) await setTimeout(50);
  await first.kill();
  await writeFile(ok, '');
  const before = (await ran()).length;
  await serve(context, dataDir, [], { environment });
  while ((await ran()).length === before) await setTimeout(50);
  assert.deepEqual([...new Set((await ran()).map((line) => line.split(' ')[0]))], [String(NOBODY)]);
});

test('a command has the user that its rule names, with no group of root', { skip }, async (context) => {
  const { directory, program, ok, ran } = await prepare(context);
  await writeFile(ok, '');
  const rules = [{ name: 'who', when: ['uploaded'], do: [{ command: { run: [program], user: 'nobody' } }] }];
  const server = await serve(context, join(directory, 'data'), [], {
    environment: { LOCKPORT_RULES: JSON.stringify(rules) },
  });
  await upload(server);
  while ((await ran()).length === 0) await setTimeout(50);
  assert.deepEqual(await ran(), [`${NOBODY} ${NOBODY}`]);
});
