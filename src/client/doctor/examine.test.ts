import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  type HostileServer,
  type HostileServerOptions,
  type Step,
  startHostileServer,
} from '../../../test/hostile/hostile-server.ts';
import type { TestServer } from '../../testing/index.ts';
import { alice, ownServer } from '../client-fixture.test.ts';
import type { ConnectOptions } from '../options.ts';
import { type ExamineOptions, examine } from './examine.ts';
import type { Finding } from './finding.ts';

function findings(
  server: TestServer | HostileServer,
  more: Partial<ConnectOptions> = {},
  options: ExamineOptions = {},
): Promise<Finding[]> {
  return Array.fromAsync(examine(alice(server, more), {}, options));
}

async function found(
  check: string,
  server: HostileServerOptions,
  more: Partial<ConnectOptions> = {},
  options: ExamineOptions = {},
): Promise<Finding> {
  await using hostile = await startHostileServer({ files: { '/f': 'content' }, ...server });
  const all = await findings(hostile, more, options);
  const finding = all.find((one) => one.check === check);
  assert.ok(finding, `nothing was found about ${check}: ${JSON.stringify(all, undefined, 1)}`);
  return finding;
}

for (const security of ['explicit', 'implicit'] as const) {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`our own server is in good health, ${security} ${maxVersion}, and nothing is left on it`, async () => {
      await using server = await ownServer();
      await writeFile(join(server.root, 'there'), 'a file for the listing that is broken off');
      const port = security === 'explicit' ? server.explicitPort : server.implicitPort;
      const all = await findings(server, { security, port, tls: { maxVersion } }, { mayWrite: true });
      const ill = all.filter(({ verdict }) => verdict !== 'good' && verdict !== 'note');
      assert.deepEqual(ill, []);
      assert.deepEqual(await readdir(server.root), ['there']);
    });
  }
}

test('without permission to write nothing changes, and that is said', async () => {
  await using server = await ownServer();
  const all = await findings(server);
  assert.equal(all.find(({ check }) => check === 'upload')?.verdict, 'skipped');
  assert.ok(!server.events.some((event) => event.event === 'transfer.finished' && event.direction === 'upload'));
});

test('a server that is not trusted hears neither user nor password', async () => {
  await using server = await startHostileServer();
  const all = await Array.fromAsync(examine({ ...alice(server), tls: {} }));
  const certificate = all.find(({ check }) => check === 'certificate');
  assert.equal(certificate?.verdict, 'bad');
  assert.match(certificate.advice ?? '', /sha256\/\//);
  assert.ok(!server.heard.some(({ line }) => /alice|wonderland/.test(line)));
});

test('nobody at home', async () => {
  await using server = await startHostileServer();
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const all = await Array.fromAsync(examine({ host: '127.0.0.1', port }));
  assert.deepEqual(
    all.map(({ check, verdict }) => [check, verdict]),
    [['connect', 'bad']],
  );
});

test('a wrong password ends it with what to check', async () => {
  const finding = await found('login', { on: { PASS: (session) => session.reply('530 Wrong') } });
  assert.equal(finding.verdict, 'bad');
  assert.match(finding.advice ?? '', /password/);
});

test('a server without TLS', async () => {
  const finding = await found('tls', { on: { AUTH: (session) => session.reply('502 What') } });
  assert.equal(finding.verdict, 'bad');
});

test('a server that takes a user name in clear', async () => {
  assert.equal((await found('clear-login', {})).verdict, 'warning');
});

test('an address in PASV that leads nowhere', async () => {
  const finding = await found('pasv', { on: { PASV: (session) => session.reply('227 Here (10,0,0,5,200,1)') } });
  // From the loopback every private address is as good as any other.
  assert.equal(finding.verdict, 'warning');
  assert.match(finding.message, /10\.0\.0\.5/);
  assert.match(finding.advice ?? '', /pasv_address/);
});

test('sessions that are not resumed', async () => {
  const finding = await found('sessions', { data: { resumes: false } });
  assert.deepEqual([finding.verdict, finding.facts?.['resumed']], ['warning', 0]);
});

test('which versions of TLS are taken is tried one by one', async () => {
  assert.deepEqual((await found('tls-versions', {})).facts?.['accepted'], ['TLSv1.2', 'TLSv1.3']);
  const old = await found('tls-versions', { tls: { maxVersion: 'TLSv1.2' } });
  assert.deepEqual([old.verdict, old.facts?.['accepted']], ['note', ['TLSv1.2']]);
});

test('tickets that are renewed on a listing, and those that are not', async () => {
  await using own = await ownServer();
  const all = await findings(own);
  assert.equal(all.find(({ check }) => check === 'tickets')?.facts?.['renewed'], true);
  // Node gives two, and none when a session is resumed.
  assert.equal((await found('tickets', {})).facts?.['renewed'], false);
});

test('a data connection that does not resume the session: refused where that is the rule, accepted elsewhere', async () => {
  await using own = await ownServer();
  const all = await findings(own);
  assert.equal(all.find(({ check }) => check === 'without-resuming')?.facts?.['accepted'], false);
  assert.equal((await found('without-resuming', {})).facts?.['accepted'], true);
});

test('data that end without close_notify', async () => {
  assert.equal((await found('close-notify', { data: { ending: 'cut' } })).verdict, 'bad');
});

test('a transfer that can not be broken off', async () => {
  const finding = await found(
    'abort',
    {
      on: {
        LIST: async (session) => {
          session.reply('150 Endless');
          const data = await session.openData();
          await data.write('x');
        },
      },
    },
    { limits: { abortMs: 100, stallMs: 1000 } },
  );
  assert.equal(finding.verdict, 'warning');
});

test('an empty directory has no transfer to break off, and that is said', async () => {
  const { verdict, message } = await found('abort', { files: {} });
  assert.deepEqual([verdict, message], ['skipped', 'There was no transfer to break off: the directory is empty']);
});

test('a listing is broken off when its first byte has come, and not before the server has the data connection', async () => {
  let opened = Promise.withResolvers<void>();
  const finding = await found(
    'abort',
    {
      on: {
        LIST: async (session) => {
          opened = Promise.withResolvers();
          session.reply('150 Here');
          const data = await session.openData();
          await opened.promise;
          // By now a client that does not wait for a byte has reset it.
          for (let turn = 0; turn < 20; turn += 1) await setImmediate();
          if (!data.isOpen) return session.reset();
          await data.finish('-rw-r--r-- 1 ftp ftp 1 Feb 29 2024 f\r\n');
          session.reply('226 Sent');
        },
      },
    },
    {
      log({ event }) {
        if (event === 'data') opened.resolve();
      },
    },
  );
  assert.equal(finding.verdict, 'good');
});

test('a REST that is not heeded', async () => {
  const finding = await found('restart', { on: { REST: (session) => session.reply('350 Sure') } });
  assert.equal(finding.verdict, 'bad');
});

test('an account that may not download is no fault of the server', async () => {
  const finding = await found('restart', { on: { RETR: (session) => session.reply('550 Not for you') } });
  assert.equal(finding.verdict, 'skipped');
  assert.match(finding.message, /Not for you/);
});

test('in a drop box REST is not tried, a cut upload is, and the file that stays is named', async () => {
  const refuse: Step = (session) => session.reply('550 Not for you');
  await using server = await startHostileServer({ files: { '/f': '' }, on: { RETR: refuse, DELE: refuse } });
  const all = await findings(server, {}, { mayWrite: true });
  const of = (wanted: string): Finding | undefined => all.find(({ check }) => check === wanted);
  const path = server.heard.find(({ verb }) => verb === 'STOR')?.line.slice('STOR '.length);
  const left = of('left-behind');
  assert.deepEqual([left?.verdict, left?.facts?.['path']], ['warning', path]);
  assert.match(left?.message ?? '', /\/doctor\.lockport-.*\.tmp is left .*550 Not for you/);
  assert.equal(of('restart')?.verdict, 'skipped');
  assert.ok(of('cut-upload'));
});

test('where the upload is refused nothing is said to be left', async () => {
  const refuse: Step = (session) => session.reply('550 Not for you');
  await using server = await startHostileServer({ on: { STOR: refuse, DELE: refuse } });
  const all = await findings(server, {}, { mayWrite: true });
  assert.ok(!all.some(({ check }) => check === 'left-behind'));
});

test('an upload that is taken for whole although it was cut', async () => {
  assert.equal((await found('cut-upload', {}, {}, { mayWrite: true })).verdict, 'bad');
});

test('a clock that is wrong', async () => {
  const finding = await found('clock', {}, {}, { mayWrite: true });
  assert.equal(finding.verdict, 'warning', 'every file of this server is of February 2024');
});

test('an abort ends it', async () => {
  await using server = await startHostileServer();
  const abort = new AbortController();
  await assert.rejects(
    async () => {
      for await (const { check } of examine(alice(server), {}, { signal: abort.signal })) {
        if (check === 'login') abort.abort();
      }
    },
    { code: 'aborted' },
  );
});

for (const [how, listing, reply] of [
  ['lines', '-rw-r--r-- 1 ftp ftp 1 Feb 29 2024 seen\r\nwhat is this?\r\n', '226 Listed'],
  ['cut', '-rw-r--r-- 1 ftp ftp 1 Feb 29 2024 seen\r\n', '226 Output truncated to 1 matches'],
] as const) {
  test(`a listing that is incomplete (${how}) is a problem, and said to be so`, async () => {
    const { verdict, facts, message } = await found('listing', {
      on: {
        FEAT: (session) => session.reply('502 No'),
        LIST: async (session) => {
          session.reply('150 Listing');
          await (await session.openData()).finish(listing);
          session.reply(reply);
        },
      },
    });
    assert.deepEqual([verdict, facts?.['incomplete']], ['bad', how], message);
  });
}
