import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rmdir, truncate } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RawClient } from '../../src/testing/raw-client.ts';
import { mountSmallMedium } from '../../src/testing/small-medium.ts';
import { BIN, NO_CONSOLE, temporaryDirectory } from '../cli/lockport-process.ts';
import { freePorts } from '../interop/servers/free-ports.ts';

// A log is where strangers write without a login. A full disk under it, or a reader that stopped, must stop neither the
// service nor its end.

const run = promisify(execFile);

/** Without it, a server that hangs would hang the test; a hundred times what it takes. */
const options = { timeout: 300_000 };

/** A server that logs to this descriptor. */
async function serveTo(context: TestContext, descriptor: number, level = 'info', args: readonly string[] = []) {
  const dataDir = await temporaryDirectory(context);
  const port = await freePorts(1);
  const base = ['serve', '--data-dir', dataDir, '--listen', '127.0.0.1', '--no-implicit', '--log', 'json'];
  const child = spawn(BIN, [...base, '--explicit-port', `${port}`, '--log-level', level, ...args], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', NODE_DISABLE_COMPILE_CACHE: '1', ...NO_CONSOLE },
    stdio: ['ignore', descriptor, 'pipe'],
  });
  const closed = once(child, 'close');
  context.after(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const errors = text(child.stderr ?? process.stdin);
  while (!(await isGreeted(port))) await setTimeout(50);
  return { port, dataDir, child, closed, errors };
}

async function isGreeted(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    const [greeting] = await once(socket, 'data');
    return String(greeting).startsWith('220');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function assertServes(port: number): Promise<void> {
  for (let stranger = 0; stranger < 200; stranger += 1) assert.ok(await isGreeted(port), `stranger ${stranger}`);
}

for (const workers of [1, 2]) {
  test(`A log that can't be written stops nobody, and not the end: ${workers} workers`, options, async (context) => {
    if (process.platform !== 'linux') return context.skip('/dev/full is of Linux');
    await using full = await open('/dev/full', 'w');
    const server = await serveTo(context, full.fd, 'debug', ['--workers', `${workers}`]);
    await assertServes(server.port);
    server.child.kill('SIGTERM');
    assert.deepEqual(await server.closed, [0, null], await server.errors);
  });
}

test(
  'A disk that is full under the log stops nobody; with room again the log goes on in whole lines',
  options,
  async (context) => {
    const directory = await mkdtemp(join(tmpdir(), 'lockport-log-'));
    // Less than what the log may hold of strangers within a minute.
    const medium = await mountSmallMedium(context, directory, '8k');
    context.after(async () => {
      await medium?.[Symbol.asyncDispose]();
      await rmdir(directory);
    });
    if (!medium) return;
    const file = join(directory, 'log');
    await using log = await open(file, 'a');
    const server = await serveTo(context, log.fd, 'debug');
    await assertServes(server.port);
    assert.equal((await readFile(file)).length, 8192, 'the disk is full');
    await truncate(file, 0);
    await assertServes(server.port);
    server.child.kill('SIGTERM');
    assert.deepEqual(await server.closed, [0, null]);
    // What was on the disk when it was emptied may have been cut in a line.
    const [, ...lines] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line)['event']);
    assert.equal(events.at(-1), 'stopped');
  },
);

test('A reader of the log that stopped does not hold up the service, nor its end', options, async (context) => {
  const pipe = join(await temporaryDirectory(context), 'log');
  try {
    await run('mkfifo', [pipe]);
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return context.skip('this needs mkfifo');
  }
  // Open for reading too, and never read.
  await using log = await open(pipe, 'r+');
  const server = await serveTo(context, log.fd, 'debug');
  await using client = await RawClient.connect({
    port: server.port,
    tls: { ca: await readFile(join(server.dataDir, 'tls', 'certificate.pem'), 'utf8') },
  });
  await client.expect(220);
  // Some hundred bytes a line, and a pipe takes 64 KiB.
  for (let time = 0; time < 9; time += 1) await client.outcome(`XXXX ${'x'.repeat(8000)}`);
  await assertServes(server.port);
  server.child.kill('SIGTERM');
  assert.deepEqual(await server.closed, [0, null]);
});
