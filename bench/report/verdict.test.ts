import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target } from '../targets.ts';
import { resultsOf, scenarioOf } from './results-fixture.test.ts';
import { judge, unmet } from './verdict.ts';

const cpu = { metric: 'CPU', unit: 'CPU-ms/file', better: 'lower' } as const;
const rate = { metric: 'rate', unit: 'files/s', better: 'higher' } as const;

const elsewhere = scenarioOf('rate', { ...rate, metric: 'rate elsewhere' }, { rclone: [25, 25, 25] });

const here = scenarioOf('rate', rate, { Lockport: [30, 30, 30], vsftpd: [20, 20, 20], proftpd: [10, 10, 10] });

const results = resultsOf(
  scenarioOf('cpu', cpu, { Lockport: [9, 1, 2, 3, 1], vsftpd: [4, 4, 4, 4, 4], proftpd: [1, 1, 1, 1, 1] }),
  { ...here, subjects: [...here.subjects, ...elsewhere.subjects] },
  scenarioOf('one', cpu, { Lockport: [1.6] }),
);

const target = (given: Partial<Target>): Target => ({
  scenario: 'cpu',
  metric: 'CPU',
  ours: 'Lockport',
  wanted: { atMost: 1 },
  ...given,
});

for (const [given, verdict, figure] of [
  [{ beside: 'all', wanted: { atMost: 2 } }, 'met', '2.00 x'],
  [{ beside: 'all', wanted: { atMost: 1.9 } }, 'missed', '2.00 x'],
  [{ beside: ['vsftpd'], wanted: { atMost: 0.5 } }, 'met', '0.500 x'],
  [{ beside: { scenario: 'one', subject: 'Lockport' }, wanted: { atMost: 1.2 } }, 'missed', '1.25 x'],
  [{ beside: { scenario: 'one', subject: 'Lockport' }, wanted: { atMost: 1.25 } }, 'met', '1.25 x'],
  [{ wanted: { atMost: 2 } }, 'met', '2.00 CPU-ms/file'],
  [{ wanted: { atLeast: 2.1 } }, 'missed', '2.00 CPU-ms/file'],
  [{ scenario: 'rate', metric: 'rate', beside: 'all', wanted: { atLeast: 1.5 } }, 'met', '1.50 x'],
  [{ scenario: 'rate', metric: 'rate', beside: 'all', wanted: { atLeast: 1.6 } }, 'missed', '1.50 x'],
  [
    { scenario: 'rate', metric: 'rate', beside: { metrics: ['rate', 'rate elsewhere'] }, wanted: { atLeast: 1.5 } },
    'missed',
    '1.20 x',
  ],
  [{ ours: 'Lockport (fast)' }, 'not measured', '–'],
  [{ beside: ['pure-ftpd'] }, 'not measured', '–'],
  [{ metric: 'memory' }, 'not measured', '–'],
  [{ scenario: 'another' }, 'not measured', '–'],
] as const satisfies readonly (readonly [Partial<Target>, string, string])[]) {
  test(`${JSON.stringify(given)} is ${verdict}: ${figure}`, () => {
    const judged = judge(target(given), results);
    assert.deepEqual([judged.verdict, judged.figure], [verdict, figure]);
  });
}

test('a check fails for what was missed or could not be measured, and says nothing of scenarios that did not run', () => {
  const met = target({ beside: 'all', wanted: { atMost: 2 } });
  const missed = target({ beside: 'all', wanted: { atMost: 1 } });
  const absent = target({ ours: 'Lockport (fast)' });
  const elsewhere = target({ scenario: 'another' });
  assert.deepEqual(
    unmet([met, missed, absent, elsewhere], results).map((each) => each.target),
    [missed, absent],
  );
  assert.deepEqual(unmet([met, elsewhere], results), []);
});
