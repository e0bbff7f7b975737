import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { Journal, type RuleConditions } from '../../operations/index.ts';
import { type Action, ActionError } from './actions/index.ts';
import { RuleRunner } from './rule-runner.ts';

const HOUR_MS = 3_600_000;

async function newDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-runner-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A rule with one action, on the trail in a directory. */
async function startRule(directory: string, perform: Action['perform'], when: RuleConditions['when'] = ['schedule']) {
  const auditDirectory = join(directory, 'audit');
  const journal = await Journal.open({
    directory: auditDirectory,
    node: 'test',
    maxQueuedBytes: 1_000_000,
    stallMs: HOUR_MS,
    headEveryMs: HOUR_MS,
    retention: { keepMs: undefined, keepBytes: undefined },
    onTrouble: () => undefined,
    warn: () => undefined,
  });
  const warnings: string[] = [];
  let look: () => void = () => undefined;
  const runner = await RuleRunner.start({
    rule: { name: 'nightly', when, actions: [{ kind: 'held', perform }] },
    directory,
    journal,
    auditDirectory,
    isTemporary: () => false,
    groupsOf: async () => [],
    openFiles: () => Promise.reject(new Error('a held action has no files')),
    limits: limitsWith({ ruleRetryMs: HOUR_MS, maxRuleRetryMs: HOUR_MS, maxRuleActionsAtOnce: 10 }),
    publish(event) {
      if (event.event === 'warning') warnings.push(event.message);
      look();
    },
  });
  return {
    runner,
    journal,
    async end() {
      await runner[Symbol.asyncDispose]();
      await journal[Symbol.asyncDispose]();
    },
    due: (hour: number, rule = 'nightly') => journal.append({ event: 'schedule.due', rule, due: `${hour}` }),
    warned: async (pattern: RegExp) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      look = () => warnings.some((each) => pattern.test(each)) && resolve();
      look();
      await promise;
    },
  };
}

async function runRule(context: TestContext, perform: Action['perform']) {
  const running = await startRule(await newDirectory(context), perform);
  context.after(() => running.end());
  return running;
}

test('runs of a schedule do not pile up: what comes while one is under way is left out, and that is told', async (context) => {
  const runs: string[] = [];
  const first = Promise.withResolvers<void>();
  const last = Promise.withResolvers<void>();
  const { due, warned } = await runRule(context, async ({ due: hour = '' }) => {
    runs.push(hour);
    if (hour === '1') await first.promise;
    if (hour === '4') last.resolve();
    return { detail: 'done' };
  });
  due(1);
  due(2, 'another rule');
  due(3);
  await warned(/^The rule nightly still works on 1, and leaves out 3$/);
  first.resolve();
  // It is out of the way once its end is noted, which may be behind the next time.
  const next = setInterval(() => due(4), 300);
  await last.promise;
  clearInterval(next);
  assert.deepEqual(runs.slice(0, 2), ['1', '4']);
});

test('a run that failed and waits to be tried again is a dead letter once the next one comes', async (context) => {
  const runs: string[] = [];
  const done = Promise.withResolvers<void>();
  const { runner, due, warned } = await runRule(context, async ({ due: hour = '' }) => {
    runs.push(hour);
    if (hour === '1') throw new Error('no');
    done.resolve();
    return { detail: 'done' };
  });
  due(1);
  while (runner.view.recent.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  due(2);
  await warned(/^The rule nightly gave up the event .*: its next time has come$/);
  await done.promise;
  assert.deepEqual(runs, ['1', '2']);
  assert.deepEqual(
    runner.deadLetters.map(({ event, reason }) => [event.due, reason]),
    [['1', 'its next time has come']],
  );
});

test('a dead letter of an earlier journal is tried again as itself, over restarts, and stays until it is delivered', async (context) => {
  const directory = await newDirectory(context);
  const { promise: never } = Promise.withResolvers<never>();
  const about = ({ user }: { readonly user: string }) => ({ event: 'login.failed', user, reason: 'no' }) as const;
  const refusing = async () => {
    throw new ActionError('no', { isFinal: true });
  };

  // Its record is the 3rd of its journal, which is then begun anew, as by a restore.
  const first = await startRule(directory, refusing, ['login-failed']);
  const number = first.journal.append(about({ user: 'of the first journal' }));
  await first.warned(/gave up the event/);
  const [letter] = first.runner.deadLetters;
  await first.end();
  await rm(join(directory, 'audit'), { recursive: true });

  // Meanwhile the record of that number is another event, which is under way.
  const told: string[] = [];
  const held = async ({ account = '' }: { readonly account?: string }) => {
    told.push(account);
    return never;
  };
  const second = await startRule(directory, held, ['login-failed']);
  const others = ['a', 'b', 'c', 'd', 'e'].map((user) => second.journal.append(about({ user })));
  assert.ok(others.includes(number));
  while (told.length < others.length) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(await second.runner.retryDead(() => true), 1);
  while (told.length <= others.length) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual([told.at(-1), second.runner.deadLetters.length], ['of the first journal', 0]);
  await second.end();

  const delivered: string[] = [];
  const third = await startRule(
    directory,
    async ({ account = '', id }) => {
      delivered.push(account, ...(id === letter?.event.id ? ['the same id'] : []));
      return { detail: 'done' };
    },
    ['login-failed'],
  );
  while (third.runner.view.delivered < 6) await new Promise((resolve) => setTimeout(resolve, 10));
  await third.end();
  assert.deepEqual(delivered.toSorted(), ['a', 'b', 'c', 'd', 'e', 'of the first journal', 'the same id']);
  assert.equal(await readFile(join(directory, 'nightly.dead.jsonl'), 'utf8'), '');
});

test('dead letters of two journals whose records have one number are two, and each is kept', async (context) => {
  const directory = await newDirectory(context);
  const refusing = async () => {
    throw new ActionError('no', { isFinal: true });
  };
  for (const user of ['first', 'second']) {
    const running = await startRule(directory, refusing, ['login-failed']);
    const letters = running.runner.deadLetters.length;
    running.journal.append({ event: 'login.failed', user, reason: 'no' });
    while (running.runner.deadLetters.length === letters) await new Promise((resolve) => setTimeout(resolve, 10));
    if (user === 'second') {
      const found = running.runner.deadLetters.map(({ record, event }) => [record, event.account]);
      assert.deepEqual(
        found.map(([, account]) => account),
        ['first', 'second'],
      );
      assert.equal(new Set(found.map(([record]) => record)).size, 1);
    }
    await running.end();
    await rm(join(directory, 'audit'), { recursive: true });
  }
});
