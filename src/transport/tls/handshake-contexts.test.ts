import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { test } from 'node:test';
import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import { ContextPool, type HandshakeContexts } from './handshake-contexts.ts';
import { SessionTickets } from './session-tickets.ts';
import { TicketKeys } from './ticket-keys.ts';
import { handshake, identity, session, versions } from './tls-handshake-fixture.test.ts';

const CONNECTIONS = 6;
const CLIENTS: { readonly [name: string]: ConnectionOptions } = {
  ...Object.fromEntries(versions.map((version) => [version, { minVersion: version, maxVersion: version }])),
  'TLSv1.2 without tickets': { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET },
};

for (const [name, client] of Object.entries(CLIENTS)) {
  test(`control connections that shake hands at once keep their sessions apart (${name})`, async () => {
    const shared = identity();
    const connections = Array.from({ length: CONNECTIONS }, () => shared.forConnection());
    const sessions = await Promise.all(connections.map((tls) => session(tls, client)));
    // Round by round each connection is shown the session of another one, all at the same time.
    for (let distance = 0; distance < CONNECTIONS; distance += 1) {
      const shown = connections.map((tls, index) =>
        handshake(tls, 'download', { ...client, session: sessions[(index + distance) % CONNECTIONS] }),
      );
      for (const { facts } of await Promise.all(shown)) assert.equal(facts.resumed, distance === 0);
    }
  });
}

function makingPool() {
  const made: SecureContext[] = [];
  const pool = new ContextPool(() => {
    const context = createSecureContext({ ca: [] });
    made.push(context);
    return context;
  });
  return { pool, made };
}

function sessionTickets(): SessionTickets {
  return new SessionTickets(new TicketKeys(), 'one');
}

const leaf = {} as Parameters<HandshakeContexts['of']>[0];

test('contexts serve one handshake at a time, and the next one when it is completed', async () => {
  const { pool, made } = makingPool();
  const tickets = sessionTickets();
  await pool.lend(tickets, async (first) => {
    first.of(leaf);
    await pool.lend(sessionTickets(), async (second) => {
      assert.notEqual(second.of(leaf), first.of(leaf));
      assert.equal(first.tickets, tickets);
    });
  });
  assert.equal(made.length, 2);
  await pool.lend(tickets, async (again) => assert.ok(made.includes(again.of(leaf))));
  assert.equal(made.length, 2);
});

test('contexts of a handshake that failed are not used again', async () => {
  const { pool, made } = makingPool();
  const failing = pool.lend(sessionTickets(), async (contexts) => {
    contexts.of(leaf);
    throw new Error('failed');
  });
  await assert.rejects(failing, /failed/);
  await pool.lend(sessionTickets(), async (contexts) => contexts.of(leaf));
  assert.equal(made.length, 2);
});

test('contexts that are not lent belong to nobody', async () => {
  const { pool } = makingPool();
  const lent = await pool.lend(sessionTickets(), async (contexts) => contexts);
  assert.equal(lent.tickets, undefined);
});
