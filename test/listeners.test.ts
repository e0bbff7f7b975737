import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type Account, ROOT } from '../src/core/index.ts';
import { accountFiles, QuotaCounters } from '../src/files/index.ts';
import { account, createGatekeeper } from '../src/identity/index.ts';
import { createServer } from '../src/server/index.ts';
import { memoryStorage } from '../src/storage/index.ts';
import { testCertificate } from '../src/testing/certificates.ts';
import { RawClient } from '../src/testing/raw-client.ts';
import { startTestServer } from '../src/testing/running-server.ts';
import { createRateLimiter } from '../src/transport/index.ts';
import { pasvHost } from './pasv-host.ts';
import { PASSWORD, startWorkers, type Workers } from './workers/workers.ts';

const [PLAIN, CAMERA, PARTNER] = [0, 1, 2];
const LISTENERS = `
- { mode: explicit, address: 127.0.0.1, port: 0 }
- mode: explicit
  address: 127.0.0.1
  port: 0
  plainFtp: { login: allow-passwords-in-clear, data: allow-files-in-clear }
  accounts: [bob]
- mode: explicit
  address: 127.0.0.1
  port: 0
  tls: { maxVersion: TLSv1.2 }
  sessionReuse: "off"
  passive: { ports: 42100-42199, address: 192.0.2.9 }
- { mode: implicit, address: 127.0.0.1, port: 0 }
`;

async function connectTo({ server }: Workers, listener: number): Promise<RawClient> {
  const open = () => server.log.filter(({ event }) => event === 'listening');
  await server.event(() => open().length === 4);
  const ca = await readFile(join(server.dataDir, 'tls', 'certificate.pem'), 'utf8');
  return RawClient.connect({ host: '127.0.0.1', port: Number(open()[listener]?.['port']), tls: { ca } });
}

for (const workers of [1, 2]) {
  suite(`Listeners have rules of their own, with workers: ${workers}`, () => {
    test('plain FTP works at one of them, for its accounts alone', async (context) => {
      const server = await startWorkers(context, { workers, settings: { LISTENERS } });
      await using camera = await connectTo(server, CAMERA);
      await camera.expect(220);
      await camera.expect(331, 'USER bob');
      await camera.expect(230, `PASS ${PASSWORD}`);
      const port = await camera.passive();
      await using data = await camera.data(port, 'clear');
      await camera.expect(150, 'STOR snapshot.jpg');
      await data.send(Buffer.from('picture'));
      await camera.expect(226);
      assert.equal(await readFile(join(server.root, 'snapshot.jpg'), 'utf8'), 'picture');

      await using stranger = await connectTo(server, CAMERA);
      await stranger.expect(220);
      await stranger.expect(331, 'USER alice');
      const refusal = await stranger.expect(530, `PASS ${PASSWORD}`);
      assert.match(refusal.lines[0] ?? '', /may not sign in at this port/);
      await stranger.expect(331, 'USER alice');
      assert.match((await stranger.expect(530, 'PASS wrong')).lines[0] ?? '', /Wrong user name or password/);

      await using elsewhere = await connectTo(server, PLAIN);
      await elsewhere.expect(220);
      await elsewhere.expect(530, 'USER bob');
    });

    test('versions of TLS, session reuse and the passive address are those of the listener', async (context) => {
      const server = await startWorkers(context, { workers, settings: { LISTENERS } });
      await using partner = await connectTo(server, PARTNER);
      await partner.signIn('alice', PASSWORD);
      assert.equal(await pasvHost(partner), '192.0.2.9');
      const port = await partner.passive();
      assert.ok(port >= 42_100 && port <= 42_199, String(port));
      await using data = await partner.data(port, 'unresumed');
      await partner.expect(150, 'STOR unresumed');
      await data.send(Buffer.from('whole'));
      await partner.expect(226);

      await using other = await connectTo(server, PLAIN);
      await other.signIn('alice', PASSWORD);
      assert.equal(await pasvHost(other), '127.0.0.1');
      await using refused = await other.data(await other.passive(), 'unresumed');
      await other.expect(150, 'STOR refused');
      await refused.send(Buffer.from('whole')).catch(() => undefined);
      await other.expect(522);

      const secured = server.server.log.filter(({ event }) => event === 'transfer.finished');
      assert.deepEqual(
        secured.map(({ tls }) => (tls as { version?: string } | undefined)?.version),
        ['TLSv1.2'],
      );
    });
  });
}

test('clients of a network are told an address of their own, others the one for all', async () => {
  const own = { clients: '127.0.0.0/8' };
  const cases = [
    [[{ clients: '127.0.0.1', address: '198.51.100.7' }, own], '198.51.100.7'],
    [[{ clients: '10.0.0.0/8', address: '198.51.100.7' }, own], '127.0.0.1'],
    [[{ clients: '10.0.0.0/8', address: '198.51.100.7' }], '192.0.2.9'],
  ] as const;
  for (const [networks, told] of cases) {
    await using server = await startTestServer({ passive: { address: '192.0.2.9', networks } });
    await using client = await server.signIn();
    assert.equal(await pasvHost(client), told);
  }
});

test('a server of the library has listeners with rules, and takes new rules while it runs', async () => {
  const { certificate, key } = await testCertificate(['localhost', '127.0.0.1']);
  const storage = memoryStorage();
  const place = { mode: 'explicit', port: 0, address: '127.0.0.1' } as const;
  const clear = { login: true, data: true };
  const reasons: string[] = [];
  await using server = createServer({
    listeners: [place, { ...place, clear, accounts: ['camera'] }],
    tls: { certificates: [{ certificate, key }] },
    gatekeeper: createGatekeeper({
      authenticator: { authenticate: async (user): Promise<Account> => account(user, { home: ROOT }) },
      openFiles: async (account) =>
        accountFiles({
          mounts: [{ at: ROOT, storage }],
          account,
          counters: new QuotaCounters(storage),
          onChange: () => undefined,
        }),
      makeRateLimiter: createRateLimiter,
      publish: (event) => {
        if (event.event === 'login.failed') reasons.push(event.reason);
      },
    }),
  });
  const addresses = await server.listen();
  const codes = async (listener: number, user: string) => {
    await using client = await RawClient.connect({ host: '127.0.0.1', port: addresses[listener]?.port ?? 0 });
    await client.expect(220);
    return [(await client.ask(`USER ${user}`)).code, (await client.ask('PASS any')).code];
  };
  assert.deepEqual(await codes(0, 'camera'), [530, 530]);
  assert.deepEqual(await codes(1, 'camera'), [331, 230]);
  assert.deepEqual(await codes(1, 'alice'), [331, 530]);
  assert.deepEqual(reasons, ['the listener is for other accounts']);
  server.reload({ listeners: [{}, { clear, accounts: ['alice'] }] });
  assert.deepEqual(await codes(1, 'camera'), [331, 530]);
  assert.deepEqual(await codes(1, 'alice'), [331, 230]);
  // What is not said stays.
  server.reload({ greeting: 'Hello' });
  assert.deepEqual(await codes(0, 'camera'), [530, 530]);
  assert.deepEqual(await codes(1, 'alice'), [331, 230]);
});
