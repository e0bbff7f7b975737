import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostileServerOptions, startHostileServer } from '../../hostile/hostile-server.ts';
import { attack, collect, connectTo, failureOf, patience } from './attacked-client.ts';

// CVE-2026-41324: a listing without an end must cost neither memory nor time without an end.

function endless(chunk: string): HostileServerOptions {
  return {
    on: {
      MLSD: async (session) => {
        session.reply('150 Listing');
        const data = await session.openData();
        await data.writeEndlessly(chunk);
      },
    },
  };
}

test('A listing of more entries than the limit is cut off', async () => {
  const line = 'type=file;size=1;modify=20240229120000; name\r\n';
  const { code } = await attack(
    endless(line.repeat(500)),
    (client) => collect(client.list('/', { signal: patience() })),
    {
      limits: { maxListingEntries: 10_000 },
    },
  );
  assert.equal(code, 'limit');
});

test('Lines that are no entries count as well', async () => {
  for (const line of ['nonsense\r\n', 'total 0\r\n', 'type=file; ../x\r\n', `${'y'.repeat(5000)}\r\n`]) {
    const { code } = await attack(
      endless(line.repeat(200)),
      (client) => collect(client.list('/', { signal: patience() })),
      {
        limits: { maxListingEntries: 10_000, maxListingLineBytes: 1000 },
      },
    );
    assert.equal(code, 'limit', JSON.stringify(line.slice(0, 20)));
  }
});

test('Bytes that are no lines, or empty ones, count as bytes', async () => {
  for (const chunk of ['\r\n', 'x']) {
    const { code, message } = await attack(
      endless(chunk.repeat(32_768)),
      (client) => collect(client.list('/', { signal: patience() })),
      { limits: { maxListingBytes: 10_000_000 } },
    );
    assert.equal(code, 'limit');
    assert.match(message, /maxListingBytes/);
  }
});

test('A line without an end takes no memory, and whoever waits can leave', async () => {
  await using server = await startHostileServer(endless('x'.repeat(65_536)));
  await using client = await connectTo(server);
  const before = process.memoryUsage().rss;
  const listing = collect(client.list('/', { signal: AbortSignal.timeout(500) }));
  const { code } = await failureOf(listing);
  assert.equal(code, 'aborted');
  assert.ok(process.memoryUsage().rss - before < 150_000_000);
});

test('Whoever has seen enough of an endless listing can stop reading it, and use the client on', async () => {
  const line = 'type=file;size=1;modify=20240229120000; name\r\n';
  await using server = await startHostileServer(endless(line.repeat(500)));
  await using client = await connectTo(server);
  for await (const entry of client.list('/')) {
    assert.equal(entry.name, 'name');
    break;
  }
  await client.send('NOOP');
});

test('A tree without an end is cut off', async () => {
  const listing = 'type=dir;modify=20240229120000; deeper\r\n';
  const { code } = await attack({ data: { listing } }, (client) => collect(client.walk('/', { signal: patience() })), {
    limits: { maxWalkDepth: 20 },
  });
  assert.equal(code, 'limit');
});

test('A link that leads back to itself is not followed', async () => {
  const listing = 'type=OS.unix=slink:/;modify=20240229120000; again\r\n';
  await using server = await startHostileServer({ data: { listing } });
  await using client = await connectTo(server);
  assert.equal((await collect(client.walk('/'))).length, 1);
});
