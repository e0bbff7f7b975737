import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { History, MAX_HISTORY, mayKeep } from './history.ts';

async function historyFile(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-history-'));
  context.after(() => rm(directory, { recursive: true }));
  return join(directory, 'state', 'lockport', 'history');
}

test('what was typed is there the next time, the newest first', async (context) => {
  const file = await historyFile(context);
  const history = await History.open(file);
  for (const line of ['ls', 'cd in', 'cd in', ' hidden', '']) await history.add(line);
  assert.deepEqual(history.lines, ['cd in', 'ls']);
  assert.deepEqual((await History.open(file)).lines, ['cd in', 'ls']);
});

test('the file is its owner’s alone, whatever it was before', async (context) => {
  const file = await historyFile(context);
  await History.open(file);
  await chmod(file, 0o644);
  await (await History.open(file)).add('ls');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
});

test('lines that may hold a password are not kept', () => {
  for (const line of [
    'site PSWD old new',
    'site password x',
    'get ftpes://me:hunter2@host/x',
    'PASS hunter2',
    'ls\u001b[2J',
  ]) {
    assert.ok(!mayKeep(line), line);
  }
  assert.ok(mayKeep('get a@b:c'));
});

test('a file that grew too long is cut to its newest lines', async (context) => {
  const file = await historyFile(context);
  await History.open(file);
  await writeFile(file, Array.from({ length: 3 * MAX_HISTORY }, (_, index) => `ls ${index}\n`).join(''));
  const { lines } = await History.open(file);
  assert.deepEqual([lines.length, lines[0]], [MAX_HISTORY, `ls ${3 * MAX_HISTORY - 1}`]);
  assert.equal((await readFile(file, 'utf8')).split('\n').length, MAX_HISTORY + 1);
});
