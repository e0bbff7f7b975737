import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { type AccountStore, ROOT, resolvePath } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { PASSWORD, startWorkers, type Workers } from '../workers/workers.ts';
import { lockport } from './lockport-process.ts';

/** What takes a right away from alice while her sessions are open. */
const CHANGES: readonly (readonly [reason: string, change: (accounts: AccountStore) => Promise<unknown>])[] = [
  ['account disabled', (accounts) => accounts.update('alice', { disabled: true })],
  ['account removed', (accounts) => accounts.remove('alice')],
  ['password changed', (accounts) => accounts.setPasswordHash('alice', '')],
  ['account expired', (accounts) => accounts.update('alice', { expires: new Date(0) })],
  ['rights narrowed', (accounts) => accounts.update('alice', { rights: [] })],
  ['allowed addresses narrowed', (accounts) => accounts.update('alice', { allowedAddresses: ['192.0.2.1'] })],
  ['home changed', (accounts) => accounts.update('alice', { home: resolvePath(ROOT, '/elsewhere') })],
  ['session limit lowered', (accounts) => accounts.update('alice', { maxSessions: 1 })],
  [
    'certificate rule changed',
    (accounts) => accounts.update('alice', { certificate: { use: 'with-password', fingerprints: [] } }),
  ],
];

async function user({ server }: Workers, args: readonly string[], input = ''): Promise<void> {
  const outcome = await lockport(['user', ...args, '--data-dir', server.dataDir], { input });
  assert.equal(outcome.code, 0, outcome.errors);
}

async function endsWith421(client: RawClient): Promise<void> {
  const replies = await client.ended();
  assert.deepEqual(
    replies.map(({ code }) => code),
    [421],
  );
}

for (const workers of [1, 2]) {
  suite(`With workers: ${workers}`, () => {
    test('each change that takes a right away ends the sessions of its account with 421, and nobody else’s', async (context) => {
      const server = await startWorkers(context, { workers });
      await using bob = await server.signIn('bob');
      await using database = openDatabase(join(server.server.dataDir, 'lockport.db'));
      const { accounts } = database;
      const record = await accounts.find('alice');
      assert.ok(record);
      const closed = () => server.server.log.filter(({ event }) => event === 'session.closed');
      for (const [index, [reason, change]] of CHANGES.entries()) {
        const [one, other] = [await server.signIn(), await server.signIn()];
        await change(accounts);
        for (const client of [one, other]) await endsWith421(client);
        await server.server.event(() => closed().length === 2 * index + 2);
        assert.deepEqual(
          closed()
            .slice(-2)
            .map(({ reason }) => reason),
          [reason, reason],
        );
        if (await accounts.find('alice')) await accounts.remove('alice', { keepSessions: true });
        await accounts.add(record.account, record.passwordHash);
      }
      await bob.expect(257, 'PWD');
    });

    test('so does a command of an operator', async (context) => {
      const server = await startWorkers(context, { workers });
      const alice = await server.signIn();
      await user(server, ['disable', 'alice']);
      await endsWith421(alice);
      const bob = await server.signIn('bob');
      await user(server, ['set', 'bob', '--rights', 'list']);
      await endsWith421(bob);
    });

    test('an upload that is running is broken off and kept for resuming', async (context) => {
      const server = await startWorkers(context, { workers });
      await using client = await server.signIn();
      await using data = await client.data(await client.passive());
      await client.expect(150, 'STOR half');
      await data.write(Buffer.alloc(100_000));
      // Once it can be seen on the disk, it has begun for good.
      while (!(await readdir(server.root)).some((name) => name.endsWith('.tmp'))) continue;
      client.send('DELE nothing');
      await user(server, ['disable', 'alice']);
      assert.deepEqual(
        (await client.ended()).map(({ code }) => code),
        [426, 421],
      );
      const names = await namesIn(server.root);
      assert.equal(names.length, 1);
      assert.match(names[0] ?? '', /^\.lockport-.*\.partial$/);
      const finished = await server.server.event(({ event }) => event === 'transfer.finished');
      assert.equal(finished['outcome'], 'kept-partial');
    });

    test('what gives, and what is done with --keep-sessions, lets sessions go on', async (context) => {
      const server = await startWorkers(context, { workers, account: { allowedAddresses: ['127.0.0.1'] } });
      await using client = await server.signIn();
      await user(server, ['set', 'alice', '--allow', 'any', '--quota-bytes', '1GB', '--expires', '2090-01-01']);
      await user(server, ['set', 'alice', '--rights', 'list', '--expires', '2020-01-01', '--keep-sessions']);
      await user(server, ['passwd', 'alice', '--password-stdin', '--keep-sessions'], `${PASSWORD}, another\n`);
      await user(server, ['disable', 'alice', '--keep-sessions']);
      await user(server, ['remove', 'alice', '--keep-sessions']);
      // Notices are heeded in their order: when bob's is, so would have been alice's.
      const bob = await server.signIn('bob');
      await user(server, ['disable', 'bob']);
      await bob.ended();
      await client.upload('STOR still-there', 'whole');
      assert.deepEqual(await namesIn(server.root), ['still-there']);
    });
  });
}

/** But for the lock by which the server holds its files. */
async function namesIn(root: string): Promise<readonly string[]> {
  return (await readdir(root)).filter((name) => !name.startsWith('.lockport-lock'));
}
