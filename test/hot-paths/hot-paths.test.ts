import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Baseline, nodeMajor, readBaseline, stepsUp } from '../../bench/hot-paths/baseline.ts';
import { FIGURE_NAMES, type Figures } from '../../bench/hot-paths/figures.ts';
import { type HotPath, pure } from '../../bench/hot-paths/hot-path.ts';
import { measure } from '../../bench/hot-paths/measure.ts';
import { HOT_PATHS } from '../../bench/hot-paths/paths/index.ts';

const baseline = await readBaseline();
const skip = baseline.node !== nodeMajor && `the baseline is that of Node ${baseline.node}`;

describe('no hot path costs clearly more than its baseline', { skip }, async () => {
  const measured = skip ? new Map<HotPath, Figures>() : await measure();
  for (const [path, figures] of measured) {
    test(path.name, () => assert.deepEqual(stepsUp(path, figures, baseline), []));
  }
});

test('the baseline names the hot paths that there are, and no others', () => {
  assert.deepEqual(
    Object.keys(baseline.paths),
    HOT_PATHS.map(({ name }) => name),
  );
});

describe('a step up', () => {
  const path: HotPath = { name: 'some path', unit: 'line', units: 1000, prepare: pure(() => undefined) };
  const all = (value: number) => Object.fromEntries(FIGURE_NAMES.map((name) => [name, value])) as Figures;
  const agreed: Baseline = { node: nodeMajor, paths: { 'some path': all(10_000) } };

  for (const name of FIGURE_NAMES) {
    test(`is seen in ${name}, and said with both figures and the way out`, () => {
      const [sentence = '', ...others] = stepsUp(path, { ...all(10_000), [name]: 12_000 }, agreed);
      assert.deepEqual(others, []);
      assert.match(sentence, /^some path: .*12000 per line, baseline 10000, at most 1\d{4}\.00\..* --update$/);
    });
  }

  test('is not what stays within the tolerance, nor what fell', () => {
    assert.deepEqual(stepsUp(path, all(10_400), agreed), []);
    assert.deepEqual(stepsUp(path, all(0), agreed), []);
  });

  test('is not what stays within the slack of a run, however small the figure is', () => {
    const none: Baseline = { ...agreed, paths: { 'some path': all(0) } };
    assert.deepEqual(stepsUp(path, all(0.01), none), []);
    assert.equal(stepsUp(path, all(1000), none).length, FIGURE_NAMES.length);
  });

  test('is not what chance changes in a path that is known for it', () => {
    assert.deepEqual(stepsUp({ ...path, spread: 0.05 }, all(10_900), agreed), []);
    assert.equal(stepsUp({ ...path, spread: 0.05 }, all(11_600), agreed).length, FIGURE_NAMES.length);
  });

  test('is a path without a baseline too', () => {
    assert.match(stepsUp(path, all(1), { ...agreed, paths: {} }).join(), /no baseline.* --update$/);
  });
});
