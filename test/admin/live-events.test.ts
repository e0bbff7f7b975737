import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADMIN_PASSWORD, type Administered, administered, type TokenName } from './administered.ts';

/** The events of a stream, one after another; undefined at its end. */
async function listening(server: Administered, token: TokenName) {
  const gone = new AbortController();
  const headers = { authorization: `Bearer ${server.tokens[token]}` };
  const response = await fetch(`${server.base}/events/stream`, { headers, signal: gone.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<
    { readonly event: string; readonly data: Readonly<Record<string, unknown>> } | undefined
  > => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
        text = text.slice(end + 2);
        if (event !== undefined && data !== undefined) return { event, data: JSON.parse(data) };
        continue;
      }
      const part = await reader?.read();
      if (!part || part.done) return undefined;
      text += part.value;
    }
  };
  const until = async (isMeant: (event: string, data: Readonly<Record<string, unknown>>) => boolean) => {
    for (;;) {
      const found = await next();
      if (!found) return assert.fail('the stream ended');
      if (isMeant(found.event, found.data)) return found;
    }
  };
  return { response, next, until, leave: () => gone.abort() };
}

async function signIn({ server }: Administered, user: string) {
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, `USER ${user}`);
  await client.expect(230, `PASS ${ADMIN_PASSWORD}`);
}

test('events come live; to whoever is limited to groups those of their accounts, and to nobody once that was taken away', async (context) => {
  const server = await administered(context, { args: ['--workers', '2'] });
  const all = await listening(server, 'auditor');
  const limited = await listening(server, 'lab');
  assert.deepEqual(
    [all.response.status, all.response.headers.get('content-type'), all.response.headers.get('cache-control')],
    [200, 'text/event-stream', 'no-store'],
  );
  await signIn(server, 'walt');
  await signIn(server, 'both');
  await all.until((event, { account }) => event === 'login.succeeded' && account === 'walt');
  await all.until((event, { account }) => event === 'login.succeeded' && account === 'both');
  const first = await limited.next();
  assert.deepEqual(first?.data['account'], 'both');
  const { status } = await server.ask('PATCH', '/administrators/lara', { token: 'owner', json: { disabled: true } });
  assert.equal(status, 200);
  const end = await limited.until((event, { account }) => event === 'end' || account !== 'both');
  assert.deepEqual([end.event, end.data['code']], ['end', 'not-signed-in']);
  assert.equal(await limited.next(), undefined);
  const statistics = await server.ask('GET', '/statistics', { token: 'auditor' });
  const logins = statistics.json['steps']?.map((step) => Number(step['logins']));
  assert.deepEqual([logins?.length, logins?.reduce((sum, count) => sum + count, 0)], [61, 2]);
  all.leave();
});

test('an administrator listens so many times, and whoever leaves makes room', async (context) => {
  const environment = { LOCKPORT_LIMITS_MAX_ADMIN_STREAMS_EACH: '2' };
  const server = await administered(context, { environment });
  const first = await listening(server, 'auditor');
  const second = await listening(server, 'owner');
  const ask = () => listening(server, 'auditor');
  const third = await ask();
  assert.equal(third.response.status, 503);
  assert.equal((await listening(server, 'lab')).response.status, 200, 'another administrator');
  first.leave();
  second.leave();
  let again = await ask();
  while (again.response.status === 503) again = await ask();
  assert.equal(again.response.status, 200);
});
