import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { startTestServer } from '../../src/testing/running-server.ts';

// One address must not use up the server's descriptors by connecting and staying, even where it is refused.

const PLACES = 5;
const CLIENTS = 100;

for (const mode of ['explicit', 'implicit'] as const) {
  test(`Whoever is over the limit of its address is sent away for good: ${mode}`, async () => {
    // Refused connections may not live as long as a last reply of an ordinary session may take.
    const limits = { maxConnectionsPerAddress: PLACES, replyFlushMs: 600_000, tlsHandshakeMs: 600_000 };
    await using server = await startTestServer({ limits });
    const port = mode === 'explicit' ? server.explicitPort : server.implicitPort;
    const before = openSockets();
    const clients = Array.from({ length: CLIENTS }, () => {
      const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
      // It does not close its own side.
      return client.on('error', () => undefined).resume();
    });
    await Promise.all(clients.map((client) => once(client, 'connect')));
    while (refused(server.events) < CLIENTS - PLACES) await setImmediate();
    while (openSockets() > before + CLIENTS + PLACES) await setTimeout(20);
    for (const client of clients) client.destroy();
  });
}

/** Sockets of this process, the server's and the clients'. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

function refused(events: readonly { readonly event: string }[]): number {
  return events.filter(({ event }) => event === 'session.refused').length;
}
