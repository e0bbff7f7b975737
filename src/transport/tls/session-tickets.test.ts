import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { describe, test } from 'node:test';
import type { DataTlsRules } from './data-tls.ts';
import { handshake, identity, session, versions } from './tls-handshake-fixture.test.ts';

for (const version of versions) {
  const only = { minVersion: version, maxVersion: version };

  describe(`data connections in ${version}`, () => {
    for (const direction of ['upload', 'download', 'listing'] as const) {
      test(`an ${direction} resumes the session of its control connection`, async () => {
        const tls = identity().forConnection();
        const { facts } = await handshake(tls, direction, { ...only, session: await session(tls, only) });
        assert.equal(facts.resumed, true);
        assert.equal(facts.version, version);
      });
    }

    test('a session of another control connection is not resumed', async () => {
      const shared = identity();
      const stolen = await session(shared.forConnection(), only);
      const tls = shared.forConnection();
      await session(tls, only);
      const { facts } = await handshake(tls, 'download', { ...only, session: stolen });
      assert.equal(facts.resumed, false);
    });

    test('a data connection that resumes nothing is given nothing that the next one could resume', async () => {
      const shared = identity();
      const stolen = await session(shared.forConnection(), only);
      for (const direction of ['upload', 'download', 'listing'] as const) {
        for (const shown of [undefined, stolen]) {
          const tls = shared.forConnection();
          await session(tls, only);
          const first = await handshake(tls, direction, { ...only, session: shown });
          assert.equal(first.facts.resumed, false);
          for (const gained of first.tickets) {
            const second = await handshake(tls, direction, { ...only, session: gained });
            assert.equal(second.facts.resumed, false, direction);
          }
        }
      }
    });

    test('a session resumes under every name that SNI can choose', async () => {
      for (const servername of ['a.example', 'b.example', 'unknown.example']) {
        const tls = identity().forConnection();
        const named = { ...only, servername };
        for (const direction of ['upload', 'download', 'listing'] as const) {
          const { facts } = await handshake(tls, direction, { ...named, session: await session(tls, named) });
          assert.equal(facts.resumed, true, `${servername} ${direction}`);
        }
      }
    });

    test('a chain of ten downloads and uploads always resumes, each with the newest ticket', async () => {
      const tls = identity().forConnection();
      let newest = await session(tls, only);
      for (const direction of ['download', 'upload', 'listing', 'upload', 'upload', 'download', 'listing'] as const) {
        const { facts, tickets } = await handshake(tls, direction, { ...only, session: newest });
        assert.equal(facts.resumed, true);
        newest = tickets.at(-1) ?? newest;
      }
    });
  });

  test(`the certificate follows SNI whatever its case, and is the first for an unknown name or none (${version})`, async () => {
    const tls = identity().forConnection();
    for (const [servername, subject] of [
      ['b.example', 'CN=b.example'],
      ['B.Example', 'CN=b.example'],
      ['a.example', 'CN=a.example'],
      ['unknown.example', 'CN=a.example'],
    ] as const) {
      assert.equal((await handshake(tls, 'control', { ...only, servername })).shown, subject);
    }
    assert.equal((await handshake(tls, 'control', { ...only, servername: '' })).shown, 'CN=a.example');
  });
}

test('a TLS 1.2 client that takes no tickets resumes by session identifier (curl), and only its own session', async () => {
  const withoutTickets = { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET } as const;
  const shared = identity();
  const tls = shared.forConnection();
  const own = await session(tls, withoutTickets);
  const foreign = await session(shared.forConnection(), withoutTickets);
  for (const direction of ['upload', 'download', 'listing'] as const) {
    assert.equal((await handshake(tls, direction, { ...withoutTickets, session: own })).facts.resumed, true);
    const unresumed = await handshake(tls, direction, { ...withoutTickets, session: foreign });
    assert.equal(unresumed.facts.resumed, false);
    const [gained] = unresumed.tickets;
    if (!gained) continue;
    assert.equal((await handshake(tls, direction, { ...withoutTickets, session: gained })).facts.resumed, false);
  }
});

test('no data connection renews a ticket in TLS 1.2, where OpenSSL clients then forget the session (PHP, Ruby)', async () => {
  const tls = identity().forConnection();
  const { client, tickets } = await handshake(tls, 'control', { maxVersion: 'TLSv1.2' });
  const ticket = client.getTLSTicket() ?? assert.fail('no ticket came');
  for (const direction of ['upload', 'download', 'listing'] as const) {
    const data = await handshake(tls, direction, { maxVersion: 'TLSv1.2', session: tickets.at(-1) });
    assert.equal(data.facts.resumed, true);
    assert.deepEqual(data.client.getTLSTicket(), ticket, direction);
  }
});

describe('tickets in TLS 1.3', () => {
  test('an upload hands out none, resumed or not', async () => {
    const tls = identity().forConnection();
    const ticket = await session(tls);
    assert.equal((await handshake(tls, 'upload')).tickets.length, 0);
    assert.equal((await handshake(tls, 'upload', { session: ticket })).tickets.length, 0);
  });

  test('a client that uses each one once does not run out, whatever it transfers', async () => {
    for (const direction of ['upload', 'download', 'listing'] as const) {
      const tls = identity().forConnection();
      const unused = [...(await handshake(tls, 'control')).tickets];
      for (let transfer = 0; transfer < 6; transfer += 1) {
        const { facts, tickets } = await handshake(tls, direction, { session: unused.shift() });
        assert.equal(facts.resumed, true, `${direction} ${transfer}`);
        unused.push(...tickets);
      }
    }
  });

  test('a client that goes on using the newest one gets none on its uploads', async () => {
    const tls = identity().forConnection();
    let newest = await session(tls);
    for (const direction of ['upload', 'upload', 'download', 'upload', 'listing', 'upload', 'upload'] as const) {
      const { facts, tickets } = await handshake(tls, direction, { session: newest });
      assert.equal(facts.resumed, true);
      assert.equal(tickets.length, direction === 'upload' ? 0 : 1);
      newest = tickets.at(-1) ?? newest;
    }
  });

  test('a download and a listing hand out a new one for the one that was used', async () => {
    const tls = identity().forConnection();
    const ticket = await session(tls);
    assert.equal((await handshake(tls, 'download', { session: ticket })).tickets.length, 1);
    assert.equal((await handshake(tls, 'listing', { session: ticket })).tickets.length, 1);
  });
});

describe('a session that another control connection began', () => {
  const lent = (lender: string) => {
    const others = { mayLend: async (name: string) => name === lender, find: async () => undefined };
    return { sessionReuse: 'require', others } as const;
  };

  for (const version of versions) {
    const only = { minVersion: version, maxVersion: version };

    test(`is resumed by whom the rules allow, and counts as resumed for nobody else (${version})`, async () => {
      const shared = identity();
      const theirs = await session(shared.forConnection('lender'), only);
      const tls = shared.forConnection('borrower');
      const resumed = async (rules: Partial<DataTlsRules>) =>
        (await handshake(tls, 'download', { ...only, session: theirs }, { ...rules })).facts.resumed;
      assert.equal(await resumed(lent('lender')), true);
      assert.equal(await resumed({ ...lent('other'), sessionReuse: 'prefer' }), false);
      assert.equal(await resumed({ ...lent('lender'), sessionReuse: 'off' }), false);
      await assert.rejects(resumed(lent('other')), { code: 'session-not-reused' });
      await assert.rejects(resumed({ ...lent('lender'), sessionReuse: 'strict' }), { code: 'session-not-reused' });
      await assert.rejects(resumed({ sessionReuse: 'require' }), { code: 'session-not-reused' });
    });
  }

  test('is found by its identifier where the client takes no tickets', async () => {
    const withoutTickets = { maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET } as const;
    const shared = identity();
    const lender = shared.forConnection('lender');
    const theirs = await session(lender, withoutTickets);
    const begun = lender.identifiedSession ?? assert.fail('none began');
    const tls = shared.forConnection('borrower');
    const asked: string[] = [];
    const rulesWith = (found: Uint8Array | undefined) => {
      const find = async (identifier: string) => {
        asked.push(identifier);
        return found;
      };
      return { sessionReuse: 'require', others: { mayLend: async () => false, find } } as const;
    };
    const shown = { ...withoutTickets, session: theirs };
    const { facts } = await handshake(tls, 'download', shown, rulesWith(begun.session));
    assert.equal(facts.resumed, true);
    await assert.rejects(handshake(tls, 'download', shown, rulesWith(undefined)), { code: 'session-not-reused' });
    assert.deepEqual(asked, [begun.identifier, begun.identifier]);
    await session(lender);
    assert.equal(lender.identifiedSession, undefined, 'it took tickets');
  });

  test('stays the session of that connection, however often it is renewed', async () => {
    const shared = identity();
    let newest = await session(shared.forConnection('lender'));
    const tls = shared.forConnection('borrower');
    for (let transfer = 0; transfer < 4; transfer += 1) {
      const { tickets } = await handshake(tls, 'download', { session: newest }, lent('lender'));
      assert.equal(tickets.length, 1);
      newest = tickets[0] ?? newest;
    }
    await assert.rejects(handshake(tls, 'download', { session: newest }, lent('borrower')));
  });

  test('says nothing about how this client uses its tickets: an upload still hands out none', async () => {
    const shared = identity();
    const tls = shared.forConnection('borrower');
    await session(tls);
    for (let transfer = 0; transfer < 4; transfer += 1) {
      const theirs = await session(shared.forConnection('lender'));
      const { facts, tickets } = await handshake(tls, 'upload', { session: theirs }, lent('lender'));
      assert.equal(facts.resumed, true);
      assert.equal(tickets.length, 0);
    }
  });

  test('is unknown to those who do not share the keys', async () => {
    const theirs = await session(identity().forConnection('lender'));
    const tls = identity().forConnection('borrower');
    await assert.rejects(handshake(tls, 'download', { session: theirs }, lent('lender')), {
      code: 'session-not-reused',
    });
  });
});
