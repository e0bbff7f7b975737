import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { type LimitName, limitsWith } from '../../core/index.ts';
import { HttpEdge } from './http-edge.ts';

/** An edge whose answers never come, and the signal of the request that is under way. */
async function silentEdge(context: TestContext, limits: { readonly [name in LimitName]?: number } = {}) {
  const { promise: asked, resolve } = Promise.withResolvers<AbortSignal>();
  const start = {
    address: '127.0.0.1',
    port: 0,
    hosts: ['localhost'],
    pages: [],
    limits: limitsWith(limits),
    closed: '/',
  };
  const never = () => new Promise<never>(() => undefined);
  const answer = (_: unknown, signal: AbortSignal) => {
    resolve(signal);
    return never();
  };
  const edge = new HttpEdge(start, { answer, nextPart: never, endStream: never });
  const { port } = await edge.listen();
  const client = request({ host: '127.0.0.1', port, path: '/api/v1/audit', headers: { host: 'localhost' } });
  client.on('error', () => undefined).end();
  context.after(() => edge[Symbol.asyncDispose]());
  return { asked, client };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

test('what was asked may end once the client hangs up', async (context) => {
  const { asked, client } = await silentEdge(context);
  const signal = await asked;
  assert.ok(!signal.aborted);
  client.destroy();
  await aborted(signal);
});

test('what was asked may end once its time is over, and the client is told so', async (context) => {
  const { asked, client } = await silentEdge(context, { adminAnswerMs: 50 });
  const [answer] = (await once(client, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 504);
  answer.resume();
  await aborted(await asked);
});
