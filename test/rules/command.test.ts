import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';

const ONCE = {
  LIMITS_RULE_RETRY_MS: '1000',
  LIMITS_MAX_RULE_RETRY_MS: '1000',
  LIMITS_RULE_GIVE_UP_MS: '1000',
  LOG_LEVEL: 'debug',
};

/** A program of some lines of shell. */
async function program(directory: string, name: string, lines: string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
  return file;
}

async function start(context: TestContext, command: object, settings: Readonly<Record<string, string>> = {}) {
  const rules = [{ name: 'run', when: ['uploaded'], do: [{ command }] }];
  return startWorkers(context, { workers: 1, settings: { RULES: JSON.stringify(rules), ...ONCE, ...settings } });
}

test('a command gets its arguments as they are, the event as JSON, and nothing of the environment of the server', async (context) => {
  const directory = await temporaryDirectory(context);
  const out = join(directory, 'out');
  const lines = `{ echo "$#:$1:$2"; cat; env; pwd; } > ${out}.new; mv ${out}.new ${out}; exit 3`;
  const run = [await program(directory, 'take', lines), '{path}', 'account={account}; touch /tmp/x'];
  const server = await start(context, { run }, { GREETING: 'secret of the server' });
  await using client = await server.signIn();
  await client.upload('STOR $(touch x) `id`; "q".txt', 'content');
  await server.server.event(({ message }) => /^The rule run gave up .*take: exit code 3/.test(String(message)));
  const [words, event = '', ...rest] = (await readFile(out, 'utf8')).split('\n');
  assert.equal(words, '2:/$(touch x) `id`; "q".txt:account=alice; touch /tmp/x');
  const { rule, kind, account, path, bytes } = JSON.parse(event);
  assert.deepEqual([rule, kind, account, path, bytes], ['run', 'uploaded', 'alice', '/$(touch x) `id`; "q".txt', 7]);
  assert.deepEqual(
    rest.filter((line) => !/^(PATH|LANG|PWD|_|SHLVL|OLDPWD)=/.test(line)),
    ['/', ''],
  );
});

test('a command that takes too long is killed with what it has started', async (context) => {
  const directory = await temporaryDirectory(context);
  const pidFile = join(directory, 'pid');
  const run = [await program(directory, 'hang', `sleep 1000 & echo $! > ${pidFile}; echo waiting >&2; wait`)];
  const server = await start(context, { run, timeout: '1s' });
  await using client = await server.signIn();
  await client.upload('STOR file', 'content');
  await server.server.event(({ message }) => /gave up .*hang: killed after 1000 ms: waiting/.test(String(message)));
  const pid = (await readFile(pidFile, 'utf8')).trim();
  // Where nobody waits for it, its entry stays as a zombie.
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', pid]).catch(() => ({ stdout: '' }));
  assert.match(stdout, /^(Z.*)?\s*$/);
});

test('a command that writes without end is bounded in what is kept, and is not blocked by it', async (context) => {
  const directory = await temporaryDirectory(context);
  const run = [await program(directory, 'talk', 'head -c 10000000 /dev/zero | tr "\\0" x >&2; exit 1')];
  const server = await start(context, { run });
  await using client = await server.signIn();
  await client.upload('STOR file', 'content');
  const { message } = await server.server.event((record) =>
    /gave up .*talk: exit code 1: x/.test(String(record['message'])),
  );
  assert.ok(String(message).length < 1000);
});

test('a program that is not there stops the start', async (context) => {
  await assert.rejects(
    start(context, { run: ['/nonexistent/program'] }),
    /\/nonexistent\/program: can't be run \(ENOENT\), and the rule run names it/,
  );
});
