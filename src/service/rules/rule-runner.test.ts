import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { Journal } from '../../operations/index.ts';
import type { Action } from './actions/index.ts';
import { RuleRunner } from './rule-runner.ts';

const HOUR_MS = 3_600_000;

/** A rule with one action, on a trail of its own. */
async function runRule(context: TestContext, perform: Action['perform']) {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-runner-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
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
  context.after(() => journal[Symbol.asyncDispose]());
  const warnings: string[] = [];
  let look: () => void = () => undefined;
  const runner = await RuleRunner.start({
    rule: { name: 'nightly', when: ['schedule'], actions: [{ kind: 'held', perform }] },
    directory,
    journal,
    auditDirectory,
    isTemporary: () => false,
    groupsOf: async () => [],
    openFiles: () => Promise.reject(new Error('a held action has no files')),
    limits: limitsWith({ ruleRetryMs: HOUR_MS, maxRuleRetryMs: HOUR_MS }),
    publish(event) {
      if (event.event === 'warning') warnings.push(event.message);
      look();
    },
  });
  context.after(() => runner[Symbol.asyncDispose]());
  return {
    runner,
    due: (hour: number, rule = 'nightly') => journal.append({ event: 'schedule.due', rule, due: `${hour}` }),
    warned: async (pattern: RegExp) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      look = () => warnings.some((each) => pattern.test(each)) && resolve();
      look();
      await promise;
    },
  };
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
