import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { background } from '../../src/core/index.ts';
import { startWorkers } from './workers.ts';

const OLD = Buffer.alloc(1_500_000, 'old ');
/** Joined in many portions. */
const MORE = Buffer.alloc(64_000_000, 'more');
const NEW = Buffer.concat([OLD, MORE]);
/** The sticky bit, which marks a file in mid-join. */
const MARK = 0o1000;

/** One worker, which was stopped in mid-join to `file`, and a client of the other one. */
async function stoppedInMidJoin(context: TestContext) {
  const server = await startWorkers(context, { settings: { LIMITS_WORKER_SILENCE_MS: '600000' } });
  const [appending, other] = await server.oneInEach();
  assert.ok(appending && other);
  const path = join(server.root, 'file');
  await writeFile(path, OLD, { mode: 0o644 });
  const pid = await server.pidOf(await server.workerOf(appending));
  const data = await appending.data(await appending.passive());
  await appending.expect(150, 'APPE file');
  // It may be closed by a worker that is killed.
  background(data.send(MORE), () => undefined);
  while ((statSync(path).mode & MARK) === 0) await setImmediate();
  process.kill(pid, 'SIGSTOP');
  assert.ok(statSync(path).mode & MARK, 'the join went on');
  const dispose = async () => {
    // A server that is told to end waits for it.
    if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGCONT');
    for (const client of [appending, other]) await client[Symbol.asyncDispose]();
  };
  return { server, appending, other, pid, path, [Symbol.asyncDispose]: dispose };
}

/** Without those by which the server holds the root. */
async function namesIn(root: string): Promise<readonly string[]> {
  return (await readdir(root)).filter((name) => !name.startsWith('.lockport-lock'));
}

test('a worker that is killed in mid-join leaves the old or the new file to readers, and then the new one', async (context) => {
  await using stopped = await stoppedInMidJoin(context);
  const { other, pid, path, server } = stopped;
  assert.ok(OLD.equals(await other.download('RETR file')));
  process.kill(pid, 'SIGKILL');
  const seen = await other.download('RETR file');
  assert.ok(OLD.equals(seen) || NEW.equals(seen), `${seen.length}`);
  while ((await namesIn(server.root)).length > 1) await setTimeout(10);
  assert.ok(NEW.equals(await readFile(path)));
  assert.equal((await stat(path)).mode & 0o7777, 0o644);
  assert.ok(NEW.equals(await other.download('RETR file')));
});

test('DELE through another worker waits for a join, and takes with it what was joined', async (context) => {
  await using stopped = await stoppedInMidJoin(context);
  const { appending, other, pid, server } = stopped;
  other.send('DELE file');
  process.kill(pid, 'SIGCONT');
  await appending.expect(226);
  await other.expect(250);
  assert.deepEqual(await namesIn(server.root), []);
});

test('STOR through another worker waits for a join, and stands behind it', async (context) => {
  await using stopped = await stoppedInMidJoin(context);
  const { appending, other, pid, path, server } = stopped;
  const data = await other.data(await other.passive());
  await other.expect(150, 'STOR file');
  await data.send(Buffer.from('new'));
  await other.expect(200, 'NOOP');
  process.kill(pid, 'SIGCONT');
  await appending.expect(226);
  await other.expect(226);
  assert.equal(await readFile(path, 'utf8'), 'new');
  assert.deepEqual(await namesIn(server.root), ['file']);
});
