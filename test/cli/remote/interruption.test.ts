import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BIN } from '../lockport-process.ts';
import { type Remote, startRemote } from './remote-fixture.ts';

/** Runs a slow transfer, and ends it by Ctrl-C when its data connection is there. */
async function interrupt(
  context: TestContext,
  { server, home }: Remote,
  [verb = '', ...args]: readonly string[],
): Promise<{ readonly code: unknown; readonly errors: string }> {
  const child = spawn(BIN, [verb, '--verbose', '--limit-rate', '200kB', '--ca', server.certificateFile, ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, LOCKPORT_PASSWORD: 'wonderland' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors += part;
  });
  const closed = once(child, 'close');
  while (!errors.includes('* data connection')) await once(child.stderr, 'data');
  child.kill('SIGINT');
  const [code] = await closed;
  return { code, errors };
}

const CONTENT = randomBytes(2_000_000);

test('Ctrl-C leaves no half file, and with --resume tells how to go on', async (context) => {
  const remote = await startRemote(context);
  await writeFile(join(remote.server.root, 'big'), CONTENT);
  const plain = await interrupt(context, remote, ['get', remote.url('big'), 'big']);
  assert.equal(plain.code, 130, plain.errors);
  assert.match(plain.errors, /^lockport: interrupted$/m);
  assert.doesNotMatch(plain.errors, /goes on/);
  assert.deepEqual(
    (await readdir(remote.home)).filter((name) => name.includes('big')),
    [],
  );

  const kept = await interrupt(context, remote, ['get', '--resume', remote.url('big'), 'big']);
  assert.equal(kept.code, 130, kept.errors);
  assert.match(kept.errors, /^This goes on where it was: .*lockport get .*--resume .*big$/m);
  assert.ok(!(await readdir(remote.home)).includes('big'));
  const whole = await remote.run(['get', '--resume', remote.url('big'), 'big']);
  assert.equal(whole.code, 0, whole.errors);
  assert.deepEqual(await readFile(join(remote.home, 'big')), CONTENT);
});

test('an upload under a temporary name that was ended by Ctrl-C tells what may be left of it', async (context) => {
  const remote = await startRemote(context);
  await writeFile(join(remote.home, 'big'), CONTENT);
  const { code, errors } = await interrupt(context, remote, ['put', '--temporary-name', 'big', remote.url('')]);
  assert.equal(code, 130, errors);
  assert.match(errors, /^lockport: interrupted\nlockport: .*left on the server as \/big\.lockport-.{12}\.tmp$/m);
});

test('an upload that was ended by Ctrl-C goes on where it was', async (context) => {
  const remote = await startRemote(context);
  await writeFile(join(remote.home, 'big'), CONTENT);
  const { code, errors } = await interrupt(context, remote, ['put', '--resume', 'big', remote.url('')]);
  assert.equal(code, 130, errors);
  assert.ok(!(await readdir(remote.server.root)).includes('big'));
  const whole = await remote.run(['put', '--resume', '--checksum', 'big', remote.url('')]);
  assert.equal(whole.code, 0, whole.errors);
  assert.deepEqual(await readFile(join(remote.server.root, 'big')), CONTENT);
});
