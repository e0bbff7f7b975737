import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from './turns.ts';

const NEVER = new AbortController().signal;

test('one account that asks for much does not keep others waiting', async () => {
  const turns = new Turns({ atOnce: 3, ofAccount: 2, waiting: 10 });
  const order: string[] = [];
  const take = async (name: string, account: string, signal = NEVER) => {
    const turn = await turns.take(account, signal);
    order.push(name);
    return turn;
  };
  const [first, second] = [await take('a1', 'a'), await take('a2', 'a')];
  const third = take('a3', 'a');
  const other = await take('b1', 'b');
  const fourth = take('b2', 'b');
  const last = take('c1', 'c');
  assert.deepEqual(order, ['a1', 'a2', 'b1']);
  other?.[Symbol.dispose]();
  await fourth;
  first?.[Symbol.dispose]();
  await last;
  second?.[Symbol.dispose]();
  await third;
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'b2', 'c1', 'a3']);
});

test('too many that wait are turned away, and who gives up waits no more', async () => {
  const turns = new Turns({ atOnce: 1, ofAccount: 1, waiting: 1 });
  const turn = await turns.take('a', NEVER);
  const giving = new AbortController();
  const waiting = turns.take('b', giving.signal);
  assert.equal(await turns.take('c', NEVER), undefined);
  giving.abort(new Error('gave up'));
  await assert.rejects(waiting, /gave up/);
  const next = turns.take('c', NEVER);
  turn?.[Symbol.dispose]();
  turn?.[Symbol.dispose]();
  assert.ok(await next);
  await assert.rejects(turns.take('d', giving.signal), /gave up/);
});
