import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { type HostileServerOptions, startHostileServer } from '../../test/hostile/hostile-server.ts';
import type { HostileSession } from '../../test/hostile/hostile-session.ts';
import { type Client, connect } from './client.ts';
import { alice } from './client-fixture.test.ts';
import { LockstepLink, roundTripsOf } from './lockstep-link-fixture.test.ts';
import type { ConnectOptions } from './options.ts';
import { asStorage } from './remote-storage/remote-storage.ts';

const FILES = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => [`/d${index}/f${index}`, `content ${index}`]),
);
const NAMES = Object.keys(FILES);

/** A client far from a server that is known to take commands ahead, on one connection. */
async function far(
  work: (client: Client, link: LockstepLink) => Promise<void>,
  { on, ...options }: HostileServerOptions & Partial<ConnectOptions> = {},
): Promise<void> {
  const greeting: HostileServerOptions['on'] = { GREETING: (session) => session.reply('220 (vsFTPd 3.0.5)'), ...on };
  await using server = await startHostileServer({ files: FILES, on: greeting });
  await using link = new LockstepLink();
  await using client = await connect(alice(server, { host: '127.0.0.1', dial: link.dial, ...options }));
  await work(client, link);
}

async function perFile(link: LockstepLink, work: (name: string) => Promise<unknown>): Promise<number> {
  const [first = '', second = '', ...others] = NAMES;
  // That there is a series shows with the second one.
  await work(first);
  await work(second);
  const taken = await roundTripsOf(link, async () => {
    for (const name of others) await work(name);
  });
  return taken / others.length;
}

test('a small download on a warm connection takes three round trips: one for TCP, one for TLS, one for the file', async () => {
  await far(async (client, link) => {
    const taken = await perFile(link, async (name) => assert.equal(String(await client.readBuffer(name)), FILES[name]));
    assert.equal(taken, 3);
  });
});

test('a small upload takes three, its size compared', async () => {
  await far(async (client, link) => {
    const taken = await perFile(link, async (name) => {
      const { verified } = await client.upload(Buffer.from(FILES[name] ?? ''), name);
      assert.equal(verified, 'size');
    });
    assert.equal(taken, 3);
  });
});

test('a listing takes three, with the directory entered', async () => {
  await far(async (client, link) => {
    const taken = await perFile(link, async (name) => {
      const entries = await Array.fromAsync(client.list(dirname(name)));
      assert.deepEqual(
        entries.map(({ path }) => path),
        [name],
      );
    });
    assert.equal(taken, 3);
  });
});

test('a rename takes one', async () => {
  await far(async (client, link) => {
    const taken = await perFile(link, (name) => client.rename(name, `${name}.new`));
    assert.equal(taken, 1);
  });
});

test('a file that a storage takes is there, and its facts are known, behind three', async () => {
  const features = (session: HostileSession): void =>
    session.reply('211-Features:\r\n EPSV\r\n SIZE\r\n MDTM\r\n MLST type*;size*;modify*;\r\n CSID\r\n211 End');
  const publishesWhole = (session: HostileSession): void => session.reply('200 Name=Lockport;');
  await far(
    async (client, link) => {
      const storage = asStorage(client);
      const taken = await perFile(link, async (name) => {
        const upload = await storage.write(client.resolve(name));
        upload.sink.write(FILES[name]);
        const { size } = await upload.commit();
        assert.equal(size, FILES[name]?.length);
      });
      assert.equal(taken, 3);
    },
    { on: { FEAT: features, CSID: publishesWhole } },
  );
});

test('a file that a server would show half gets its time and its name in one round trip behind the upload', async () => {
  const features = (session: HostileSession): void =>
    session.reply('211-Features:\r\n EPSV\r\n SIZE\r\n MDTM\r\n MFMT\r\n211 End');
  const modified = new Date('2026-03-04T05:06:07Z');
  await far(
    async (client, link) => {
      const storage = asStorage(client);
      const taken = await perFile(link, async (name) => {
        const upload = await storage.write(client.resolve(name), { modified });
        upload.sink.write(FILES[name]);
        const stored = await upload.commit();
        assert.deepEqual([stored.size, stored.modified], [FILES[name]?.length, modified]);
      });
      assert.equal(taken, 4);
    },
    { on: { FEAT: features, MFMT: (session) => session.reply('213 Modify=20260304050607; x') } },
  );
});

test('a refused time keeps no file from its name, and is told of', async () => {
  const features = (session: HostileSession): void =>
    session.reply('211-Features:\r\n EPSV\r\n SIZE\r\n MDTM\r\n MFMT\r\n211 End');
  await far(
    async (client) => {
      const storage = asStorage(client);
      const modified = new Date('2026-03-04T05:06:07Z');
      const upload = await storage.write(client.resolve('/d0/f0'), { modified });
      upload.sink.write('new');
      const stored = await upload.commit();
      assert.notDeepEqual(stored.modified, modified);
      assert.equal(String(await client.readBuffer('/d0/f0')), 'new');
    },
    { on: { FEAT: features, MFMT: (session) => session.reply('550 Not yours') } },
  );
});
