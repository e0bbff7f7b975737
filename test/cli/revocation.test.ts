import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { PASSWORD, startWorkers, type Workers } from '../workers/workers.ts';
import { lockport } from './lockport-process.ts';

/** What takes a right away from alice while her sessions are open. */
const CHANGES: readonly (readonly [args: readonly string[], reason: string, input?: string])[] = [
  [['disable', 'alice'], 'account disabled'],
  [['remove', 'alice'], 'account removed'],
  [['passwd', 'alice', '--password-stdin'], 'password changed', 'a wholly other password\n'],
  [['set', 'alice', '--expires', '2020-01-01'], 'account expired'],
  [['set', 'alice', '--rights', 'list'], 'rights narrowed'],
  [['set', 'alice', '--allow', '192.0.2.0/24'], 'allowed addresses narrowed'],
  [['set', 'alice', '--home', '/elsewhere'], 'home changed'],
  [['set', 'alice', '--max-sessions', '1'], 'session limit lowered'],
  [['set', 'alice', '--certificate', 'with-password'], 'certificate rule changed'],
];

async function user({ server }: Workers, args: readonly string[], input = ''): Promise<void> {
  const outcome = await lockport(['user', ...args, '--data-dir', server.dataDir], { input });
  assert.equal(outcome.code, 0, outcome.errors);
}

for (const workers of [1, 2]) {
  suite(`With workers: ${workers}`, () => {
    // How a change is noticed does not depend on where the session is: two of them stand for all.
    for (const [args, reason, input] of workers === 1 ? CHANGES : CHANGES.slice(2, 4)) {
      test(`"user ${args.join(' ')}" ends the account's sessions with 421, and nobody else's`, async (context) => {
        const server = await startWorkers(context, { workers });
        const [one, other, bob] = [await server.signIn(), await server.signIn(), await server.signIn('bob')];
        await user(server, args, input);
        for (const client of [one, other]) {
          const replies = await client.ended();
          assert.deepEqual(
            replies.map(({ code }) => code),
            [421],
          );
        }
        const closedOnes = () => server.server.log.filter(({ event }) => event === 'session.closed');
        await server.server.event(() => closedOnes().length === 2);
        const closed = closedOnes();
        assert.deepEqual(
          closed.map(({ reason }) => reason),
          [reason, reason],
        );
        await bob.expect(257, 'PWD');
        await bob[Symbol.asyncDispose]();
      });
    }

    test('an upload that is running is broken off and kept for resuming', async (context) => {
      const server = await startWorkers(context, { workers });
      await using client = await server.signIn();
      await using data = await client.data(await client.passive());
      await client.expect(150, 'STOR half');
      await data.write(Buffer.alloc(100_000));
      // Once it can be seen on the disk, it has begun for good.
      while (!(await readdir(server.root)).some((name) => name.startsWith('.lockport-'))) continue;
      client.send('DELE nothing');
      await user(server, ['disable', 'alice']);
      assert.deepEqual(
        (await client.ended()).map(({ code }) => code),
        [426, 421],
      );
      const names = await readdir(server.root);
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
      assert.deepEqual(await readdir(join(server.root)), ['still-there']);
    });
  });
}
