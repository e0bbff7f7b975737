import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import type { SessionReuse } from '../../src/core/index.ts';
import { testAuthority, testCertificate } from '../../src/testing/certificates.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { RawData } from '../../src/testing/raw-data.ts';
import { PASSWORDS, startTestServer, type TestServer } from '../../src/testing/running-server.ts';

// Under `require` a data connection may resume the TLS session of another control connection. Which ones those are keeps
// every other account and every other address out: here each of them tries.

const CLIENTS: { readonly [name: string]: ConnectionOptions } = {
  'TLSv1.2': { maxVersion: 'TLSv1.2' },
  'TLSv1.2 without tickets': { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET },
  'TLSv1.3': { minVersion: 'TLSv1.3' },
};

for (const [name, tls] of Object.entries(CLIENTS)) {
  describe(`the TLS session of another control connection, ${name}`, () => {
    test('serves where that is open, of the same account and from the same address', async () => {
      await using server = await startTestServer();
      await using one = await server.signIn('alice', { tls });
      await using other = await server.signIn('alice', { tls });
      assert.equal(await transfers(one, other), 'taken');
      assert.equal(await transfers(other, one), 'taken');
    });

    test('does not serve under strict', async () => {
      await using server = await startTestServer({ sessionReuse: 'strict' });
      await using one = await server.signIn('alice', { tls });
      await using other = await server.signIn('alice', { tls });
      assert.equal(await transfers(one, other), 'refused');
      assert.equal(await transfers(one, one), 'taken');
    });

    test('counts as none, where it is of another account, under prefer', async () => {
      await using server = await startTestServer({ sessionReuse: 'prefer' });
      await using alice = await server.signIn('alice', { tls });
      await using bob = await server.signIn('bob', { tls });
      assert.equal(await transfers(alice, bob), 'taken');
      assert.equal(await transfers(alice, alice), 'taken');
      const seen = server.events.flatMap((event) => (event.event === 'transfer.finished' ? [event.tls?.resumed] : []));
      assert.deepEqual(seen, [false, false, true, true]);
    });

    test('does not serve another account', async () => {
      await using server = await startTestServer();
      await using alice = await server.signIn('alice', { tls });
      await using bob = await server.signIn('bob', { tls });
      assert.equal(await transfers(alice, bob), 'refused');
    });

    test('does not serve another address', async () => {
      await using server = await startTestServer();
      await using here = await server.signIn('alice', { tls });
      await using elsewhere = await server.signIn('alice', { tls, localAddress: '127.0.0.2' });
      // From the address of the one whose transfer it is: what is refused is the session.
      assert.equal(await transfers(here, elsewhere), 'refused');
      assert.equal(await transfers(here, here), 'taken');
    });

    test('does not serve another virtual host, where an account may have the same name', async () => {
      await using server = await startTestServer();
      const at = (servername: string) => ({ ...tls, servername, rejectUnauthorized: false });
      await using one = await server.signIn('alice', { tls: at('one.example') });
      await using same = await server.signIn('alice', { tls: at('one.example') });
      await using other = await server.signIn('alice', { tls: at('two.example') });
      assert.equal(await transfers(one, same), 'taken');
      assert.equal(await transfers(one, other), 'refused');
    });

    test('does not serve when that has ended', async () => {
      await using server = await startTestServer();
      await using alice = await server.signIn('alice', { tls });
      await using gone = await server.signIn('alice', { tls });
      await gone.expect(221, 'QUIT');
      await gone.ended();
      await server.event((event) => event.event === 'session.closed');
      assert.equal(await transfers(alice, gone), 'refused');
    });

    test('does not serve when that was changed to another account by USER', async () => {
      await using server = await startTestServer();
      await using alice = await server.signIn('alice', { tls });
      await using turned = await server.signIn('alice', { tls });
      const before = turned.session;
      await turned.expect(331, 'USER bob');
      await turned.expect(230, `PASS ${PASSWORDS['bob']}`);
      assert.equal(await transfers(alice, turned), 'refused');
      const asBefore = { servername: 'localhost', host: alice.host, ...server.tls, ...tls, session: before };
      const connect = (port: number) => RawData.connect({ host: alice.host, port, tls: asBefore });
      assert.equal(await transfersOver(alice, connect), 'refused');
    });

    test('does not serve when that ends and nobody has signed in, or has again', async () => {
      await using server = await startTestServer();
      await using alice = await server.signIn('alice', { tls });
      await using never = await secured(server, tls);
      await using noMore = await server.signIn('alice', { tls });
      await noMore.expect(331, 'USER alice');
      for (const nobody of [never, noMore]) {
        await using data = await nobody.data(await alice.passive());
        await alice.expect(150, 'MLSD');
        const received = data.receive().catch(() => Buffer.alloc(0));
        await nobody.expect(221, 'QUIT');
        await alice.expect(522);
        assert.equal((await received).length, 0);
      }
    });

    test('serves as soon as its login is done, and not where that is of another account', async () => {
      await using server = await startTestServer();
      await using alice = await server.signIn('alice', { tls });
      for (const [user, outcome] of [
        ['alice', 'taken'],
        ['bob', 'refused'],
      ] as const) {
        await using late = await secured(server, tls);
        const transfer = transfers(alice, late);
        await late.expect(331, `USER ${user}`);
        await late.expect(230, `PASS ${PASSWORDS[user]}`);
        assert.equal(await transfer, outcome, user);
      }
    });

    test('that a thief renews on the data port of another account is no use to him there', async () => {
      await using server = await startTestServer();
      await using alice = await server.signIn('alice', { tls });
      await using bob = await server.signIn('bob', { tls });
      for (let round = 0; round < 5; round += 1) {
        // What bob was given on alice's port he shows the next time.
        assert.equal(await transfers(alice, bob), 'refused');
      }
      assert.equal(await transfers(alice, alice), 'taken');
    });

    test('brings the client certificate with it, which must be the one of this control connection', async () => {
      const rules = ['require', 'prefer'] as const satisfies readonly SessionReuse[];
      for (const sessionReuse of rules) {
        const { server, certificates } = await serverWithCertificates(sessionReuse);
        await using _ = server;
        await using one = await server.signIn('alice', { tls: { ...tls, ...certificates.one } });
        await using same = await server.signIn('alice', { tls: { ...tls, ...certificates.one } });
        await using another = await server.signIn('alice', { tls: { ...tls, ...certificates.another } });
        await using none = await server.signIn('alice', { tls: { ...tls, ...certificates.none } });
        assert.equal(await transfers(one, same), 'taken', sessionReuse);
        assert.equal(await transfers(one, another), 'refused', sessionReuse);
        assert.equal(await transfers(one, none), 'refused', sessionReuse);
      }
    });
  });
}

/** A transfer each way on the data ports of `control`, by a client that resumes the session of `lender`. */
async function transfers(control: RawClient, lender: RawClient): Promise<'taken' | 'refused'> {
  return transfersOver(control, (port) => lender.data(port));
}

async function transfersOver(
  control: RawClient,
  connect: (port: number) => Promise<RawData>,
): Promise<'taken' | 'refused'> {
  const bytes = 'what is sent';
  const up = await connect(await control.passive());
  control.send('STOR file');
  await up.send(Buffer.from(bytes)).catch(() => undefined);
  const sent = await outcomeOf(control);
  await up[Symbol.asyncDispose]();
  const down = await connect(await control.passive());
  control.send('MLSD');
  const received = await down.receive().catch(() => Buffer.alloc(0));
  assert.equal(await outcomeOf(control), sent);
  await down[Symbol.asyncDispose]();
  assert.equal(received.length > 0, sent === 'taken');
  return sent;
}

async function outcomeOf(client: RawClient): Promise<'taken' | 'refused'> {
  const { code, lines } = await client.outcome();
  if (code === 226) return 'taken';
  assert.equal(code, 522, lines.join(' / '));
  return 'refused';
}

/** A control connection in TLS on which nobody has signed in. */
async function secured(server: TestServer, tls: ConnectionOptions): Promise<RawClient> {
  const client = await server.connect({ tls });
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  // Behind a reply the tickets have come.
  await client.expect(211, 'FEAT');
  return client;
}

async function serverWithCertificates(sessionReuse: SessionReuse) {
  const authority = await testAuthority();
  const own = await testCertificate(['localhost', '127.0.0.1']);
  const server = await startTestServer({
    sessionReuse,
    tls: { certificates: [own], clientCertificates: { ask: 'request', authorities: [authority.certificate] } },
  });
  const issued = async (name: string): Promise<ConnectionOptions> => {
    const { certificate: cert, key } = await testCertificate([name], { ca: authority, client: true });
    return { cert, key, ca: own.certificate };
  };
  return {
    server,
    certificates: { one: await issued('one'), another: await issued('another'), none: { ca: own.certificate } },
  };
}
