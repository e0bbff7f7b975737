import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { startTestServer } from '../../src/testing/running-server.ts';

// RFC 2577 section 3, CVE-2020-15152: a server that connects where it is told to is a scanner and a relay.

test('Active mode goes nowhere but to ports of the client from 1024 on', async () => {
  await using server = await startTestServer({ active: true });
  await using client = await server.signIn();
  const targets = [
    'PORT 127,0,0,1,0,22',
    'PORT 127,0,0,1,3,255',
    'PORT 127,0,0,1,0,0',
    'PORT 169,254,169,254,31,144',
    'PORT 10,0,0,1,31,144',
    'PORT 0,0,0,0,31,144',
    'PORT 255,255,255,255,31,144',
    'PORT 224,0,0,1,31,144',
    'EPRT |1|169.254.169.254|8080|',
    'EPRT |1|127.0.0.1|22|',
    'EPRT |1|2130706433|8080|',
    'EPRT |1|0x7f.0.0.1|8080|',
    'EPRT |1|127.1|8080|',
    'EPRT |1|127.0.0.1|8080|\0',
    'EPRT |2|::ffff:10.0.0.1|8080|',
    'EPRT |2|::|8080|',
    'EPRT |2|fe80::1%lo|8080|',
    'EPRT |1|localhost|8080|',
  ];
  for (const target of targets) {
    const { code, lines } = await client.ask(target);
    assert.ok(code >= 500, `${target} -> ${lines[0]}`);
  }
  assert.equal((await client.outcome('LIST')).code, 425);
});

test('Nothing reaches a neighbour that PORT and EPRT name, and transfers there fail', async () => {
  await using server = await startTestServer({ active: true });
  await using client = await server.signIn();
  let knocks = 0;
  const neighbour = createServer(() => (knocks += 1)).listen(0, '127.0.0.2');
  await once(neighbour, 'listening');
  const { port } = neighbour.address() as AddressInfo;
  for (const target of [`PORT 127,0,0,2,${port >> 8},${port & 255}`, `EPRT |1|127.0.0.2|${port}|`]) {
    assert.ok((await client.ask(target)).code >= 500);
    for (const transfer of ['LIST', 'NLST', 'MLSD', 'STOR bounced']) {
      assert.equal((await client.outcome(transfer)).code, 425, transfer);
    }
  }
  // A refused address does not leave an earlier passive port, or an earlier address, in force either.
  await client.passive();
  assert.ok((await client.ask(`EPRT |1|127.0.0.2|${port}|`)).code >= 500);
  await new Promise((resolve) => neighbour.close(resolve));
  assert.equal(knocks, 0);
});
