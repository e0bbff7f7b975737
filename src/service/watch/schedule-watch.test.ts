import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ScheduledRule, ScheduleWatch } from './schedule-watch.ts';
import { type Run, serverRuns } from './watch-scene.test.ts';

const NIGHTLY: ScheduledRule = { name: 'nightly', at: '30 2 * * *', timeZone: 'UTC', missed: 'once' };

/** A watch over a rule, as a run of the server has it, and when it tells that the rule is due. */
function watchOf({ events, told }: Run, rule: ScheduledRule) {
  const found: string[] = [];
  let isHalted = false;
  let now = 0;
  events.listen((event) => {
    if (event.event === 'schedule.due') found.push(`${event.rule} ${event.due.toISOString().slice(5, 16)}`);
  });
  const watch = new ScheduleWatch({
    rules: () => [rule],
    isHalted: () => isHalted,
    told,
    publish: events.publish,
    now: () => now,
  });
  return {
    halt: (halted: boolean) => {
      isHalted = halted;
    },
    at: (time: string): readonly string[] => {
      found.length = 0;
      now = Date.parse(`2026-05-${time}Z`);
      watch.look();
      return [...found];
    },
  };
}

test('a rule is due once at its time, however often somebody looks, and a new one waits for its first time', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  const { at, halt } = watchOf(run, NIGHTLY);
  for (const [time, expected] of [
    ['01T12:00:00', []],
    ['02T02:29:59', []],
    ['02T02:30:00', ['nightly 05-02T02:30']],
    ['02T02:30:01', []],
    ['05T12:00:00', ['nightly 05-05T02:30']],
    ['05T11:50:00', []],
    ['06T02:29:59', []],
    ['06T02:31:00', ['nightly 05-06T02:30']],
  ] as const) {
    assert.deepEqual(at(time), expected, time);
  }
  halt(true);
  assert.deepEqual(at('07T02:30:00'), []);
  halt(false);
  assert.deepEqual(at('07T02:35:00'), ['nightly 05-07T02:30']);
});

for (const isKept of [true, false]) {
  test(`a restart repeats no time, and what was missed is done once or not at all (state kept: ${isKept})`, async (context) => {
    const begin = await serverRuns(context);
    for (const [rule, time, expected, isFirst] of [
      [NIGHTLY, '01T12:00:00', [], true],
      [NIGHTLY, '02T02:30:00', ['nightly 05-02T02:30'], false],
      [NIGHTLY, '02T02:30:05', [], false],
      [NIGHTLY, '05T12:00:00', ['nightly 05-05T02:30'], false],
      [{ ...NIGHTLY, missed: 'skip' }, '08T12:00:00', [], false],
      [{ ...NIGHTLY, at: '0 13 * * *' }, '08T12:30:00', [], true],
      [{ ...NIGHTLY, at: '0 13 * * *' }, '08T13:00:00', ['nightly 05-08T13:00'], false],
    ] as const) {
      await using run = await begin();
      assert.deepEqual(watchOf(run, rule).at(time), expected, time);
      if (isKept || isFirst || rule.missed === 'skip') await run.told.keep();
    }
  });
}

test('a clock that was years ahead and is set right keeps no rule from its time', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  run.told.setSchedule('nightly', { schedule: '30 2 * * * UTC', last: Date.parse('2031-01-01T00:00Z') });
  const { at } = watchOf(run, NIGHTLY);
  assert.deepEqual(at('01T12:00:00'), []);
  assert.deepEqual(at('02T02:30:00'), ['nightly 05-02T02:30']);
});
