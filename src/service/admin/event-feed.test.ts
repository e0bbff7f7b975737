import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { EventStream } from '../../operations/index.ts';
import { apiFailure } from './api-failure.ts';
import { EventFeed, type EventFeedParts } from './event-feed.ts';

const NEVER = new AbortController().signal;

function feedOf(parts: Partial<EventFeedParts> = {}) {
  const events = new EventStream();
  let ended = 0;
  const feed = new EventFeed({
    limits: limitsWith({ maxAdminStreamEvents: 3 }),
    listen: (sink, names) => events.listen(sink, names),
    check: async () => undefined,
    onEnd: () => {
      ended += 1;
    },
    ...parts,
  });
  const next = async () => {
    const part = await feed.next(NEVER);
    return part && new TextDecoder().decode(part);
  };
  const failed = (account: string) =>
    events.publish({
      event: 'command.refused',
      session: '1',
      protocol: 'ftp',
      address: '192.0.2.1',
      account,
      verb: 'DELE',
      reply: 550,
      reason: 'x\n\ndata: forged',
    });
  return { feed, next, failed, ended: () => ended, events };
}

function dataIn(text = ''): readonly (readonly [name: string, account: unknown])[] {
  return [...text.matchAll(/^event: (.*)\ndata: (.*)$/gm)].map(([, name = '', data = '']) => [
    name,
    (JSON.parse(data) as { readonly account?: unknown }).account,
  ]);
}

test('whoever is too slow loses the oldest events, and is told how many', async () => {
  const { next, failed } = feedOf();
  assert.match((await next()) ?? '', /^: /);
  for (const name of ['a', 'b', 'c', 'd', 'e']) failed(name);
  const text = await next();
  assert.match(text ?? '', /^event: lost\ndata: \{"events":2\}\n\n/);
  assert.deepEqual(dataIn(text).slice(1), [
    ['command.refused', 'c'],
    ['command.refused', 'd'],
    ['command.refused', 'e'],
  ]);
});

test('no text of a client makes an event of its own', async () => {
  const { next, failed } = feedOf();
  await next();
  failed('a');
  const text = (await next()) ?? '';
  assert.equal(text.split('\n').length, 4, text);
});

test('of accounts that are out of sight nothing is told, not even that there was something', async () => {
  const { next, failed } = feedOf({ check: async () => new Set(['mine']) });
  await next();
  failed('other');
  const waiting = next();
  failed('mine');
  assert.deepEqual(dataIn(await waiting), [['command.refused', 'mine']]);
});

test('whoever may not listen any more is told so, and nothing of what came before', async () => {
  const { next, failed } = feedOf({ check: async () => apiFailure('token-over', 'over') });
  await next();
  failed('a');
  assert.equal(await next(), 'event: end\ndata: {"code":"token-over","detail":"over"}\n\n');
  assert.equal(await next(), undefined);
});

test('a feed that ended hears no more, and waits no more', async () => {
  const { feed, next, ended, events } = feedOf();
  await next();
  const gone = new AbortController();
  const waiting = feed.next(gone.signal);
  gone.abort();
  await assert.rejects(waiting);
  await feed[Symbol.asyncDispose]();
  assert.deepEqual([ended(), events.wanted], [1, []]);
  assert.equal(await next(), undefined);
});
