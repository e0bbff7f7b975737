import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostileServerOptions, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { type Client, connect } from '../client.ts';
import { alice, announcing, failure } from '../client-fixture.test.ts';
import type { ConnectOptions } from '../options.ts';

const GREETINGS = ['(vsFTPd 3.0.5)', 'Ready'] as const;

/** What one call has set at the server, and another one meets there. */
async function against(
  greeting: string,
  { on, files }: HostileServerOptions,
  work: (client: Client, heard: () => readonly string[]) => Promise<void>,
  more: Partial<ConnectOptions> = {},
): Promise<void> {
  await using server = await startHostileServer({
    files: { '/a': 'content', ...files },
    on: { GREETING: (session) => session.reply(`220 ${greeting}`), ...on },
  });
  await using client = await connect(alice(server, more));
  await work(client, () => server.heard.map(({ line }) => line));
}

for (const greeting of GREETINGS) {
  test(`who leaves before TYPE is answered leaves no other type to the next transfer: ${greeting}`, async () => {
    const leaving = new AbortController();
    await against(
      greeting,
      {
        on: {
          FEAT: announcing('SIZE', 'EPSV'),
          TYPE(session, type) {
            if (type === 'A') leaving.abort();
            session.reply('200 Set');
          },
        },
      },
      async (client, heard) => {
        assert.equal(String(await client.readBuffer('/a')), 'content');
        await failure('aborted', Array.fromAsync(client.list('/', { signal: leaving.signal })));
        assert.equal(String(await client.readBuffer('/a')), 'content');
        assert.equal(
          heard().findLast((line) => line.startsWith('TYPE')),
          'TYPE I',
        );
      },
    );
  });

  test(`who leaves between REST and its transfer leaves no offset to the next one: ${greeting}`, async () => {
    const leaving = new AbortController();
    await against(
      greeting,
      {
        on: {
          REST(session, offset) {
            leaving.abort();
            return session.byDefault('REST', offset);
          },
        },
      },
      async (client) => {
        const part = client.readBuffer('/a', { start: 3, signal: leaving.signal });
        await failure('aborted', part);
        assert.equal(String(await client.readBuffer('/a')), 'content');
      },
    );
  });
}

test('a directory that was not seen to be entered is not listed by another command either', async () => {
  await against(
    '(vsFTPd 3.0.5)',
    {
      on: {
        TYPE: (session, type) => session.reply(type === 'I' ? '500 What' : '200 Set'),
        CWD: (session, path) => (path === '/gone' ? session.reply('550 Not now') : session.byDefault('CWD', path)),
      },
    },
    async (client, heard) => {
      const got: unknown[] = [];
      await failure(
        'unsupported',
        (async () => {
          for await (const entry of client.list('/gone')) got.push(entry);
        })(),
      );
      assert.deepEqual(got, []);
      assert.ok(!heard().some((line) => line.startsWith('LIST')));
    },
  );
});

test('a name that a refused rename left at the server is not moved by the next rename', async () => {
  await against(
    'Pure-FTPd',
    {
      files: { '/precious': 'precious' },
      on: {
        // As Pure-FTPd keeps the name behind a refusal of RNTO, and behind one of RNFR.
        RNTO(session, path) {
          if (path === '/.refused') return session.reply('553 Not that name');
          if (session.renameFrom === '') return session.reply('503 RNFR first');
          return session.byDefault('RNTO', path);
        },
      },
    },
    async (client, heard) => {
      await failure('refused', client.rename('/precious', '/.refused'));
      await failure('not-found', client.rename('/missing', '/a'));
      assert.ok(!heard().includes('RNTO /a'));
      assert.equal(String(await client.readBuffer('/a')), 'content');
      assert.equal(String(await client.readBuffer('/precious')), 'precious');
    },
  );
});

test('a rename of something else, behind a refusal, is told and not passed over', async () => {
  await against('(vsFTPd 3.0.5)', { on: { RNTO: (session) => session.reply('250 Renamed') } }, async (client) => {
    await failure('protocol', client.rename('/missing', '/a'));
  });
});
