import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import { account, hashPassword } from '../../src/identity/index.ts';
import type { ShownRule } from '../../src/service/index.ts';
import { type LockportProcess, lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { WebhookReceiver } from '../rules/webhook-receiver.ts';

// A rule tells of each upload that was acknowledged, at least once, although the server is killed at any moment and the
// receiver does not take everything at once. `npm run kills` kills 500 times.

const KILLS = Number(process.env['LOCKPORT_KILLS'] ?? 20);
const CLIENTS = 3;
const PASSWORD = 'wonderland-wonderland';
/** A start of several processes takes longer. */
const SHARES = { 1: 0.7, 2: 0.3 };

for (const workers of [1, 2] as const) {
  test(`kill -9 under load loses no event of an upload that was acknowledged (workers: ${workers})`, async (context) => {
    const dataDir = await temporaryDirectory(context);
    await mkdir(join(dataDir, 'files'));
    {
      await using database = openDatabase(join(dataDir, 'lockport.db'));
      await database.accounts.add(account('alice', { home: ROOT }), await hashPassword(PASSWORD));
    }
    let requests = 0;
    const receiver = await WebhookReceiver.start(context, dataDir, {
      answer() {
        requests += 1;
        return requests % 5 === 0 ? 503 : 204;
      },
    });
    const { url, secretFile } = receiver;
    const rules = [{ name: 'hook', when: ['uploaded'], do: [{ webhook: { url, secretFile } }] }];
    const environment = {
      LOCKPORT_RULES: JSON.stringify(rules),
      LOCKPORT_STORAGE_DURABILITY: 'fast',
      LOCKPORT_LIMITS_RULE_RETRY_MS: '1000',
      LOCKPORT_LIMITS_MAX_RULE_RETRY_MS: '1000',
    };
    const start = () => serve(context, dataDir, ['--workers', String(workers)], { environment });
    const acknowledged: string[] = [];
    const kills = KILLS * SHARES[workers];
    for (let kill = 1; kill <= kills; kill += 1) {
      const server = await start();
      const enough = Promise.withResolvers<void>();
      const wanted = acknowledged.length + 5 + (kill % 7) * 4;
      const acknowledge = (path: string) => {
        acknowledged.push(path);
        if (acknowledged.length >= wanted) enough.resolve();
      };
      const clients = Array.from({ length: CLIENTS }, (_, index) => work(server, `${kill}-${index}`, acknowledge));
      await Promise.race([enough.promise, Promise.all(clients)]);
      await server.kill();
      await Promise.all(clients);
    }
    await start();
    await allActedOn(dataDir);
    const told = Map.groupBy(receiver.received, ({ data }) => data['path']);
    assert.deepEqual(
      acknowledged.filter((path) => !told.has(path)),
      [],
    );
    assert.ok(acknowledged.length >= 5 * kills);
    const renumbered = [...told].filter(([, each]) => new Set(each.map(({ id }) => id)).size > 1);
    assert.deepEqual(renumbered, [], 'what is told again has the same id');
    assert.equal(receiver.forged, 0);
  });
}

/** Resolves once the rule has nothing left to do. */
async function allActedOn(dataDir: string): Promise<void> {
  for (;;) {
    const { output } = await lockport(['rules', 'list', '--json', '--data-dir', dataDir]);
    const [rule] = (JSON.parse(output) as { readonly rules: readonly ShownRule[] }).rules;
    if (rule?.undelivered === 0 && rule.behind === 0) return;
  }
}

/** Signs in and uploads, every other time to a temporary name first, until the server is gone. Tells what was acknowledged. */
async function work(server: LockportProcess, name: string, acknowledge: (path: string) => void): Promise<void> {
  try {
    await using client = await server.connect();
    await client.signIn('alice', PASSWORD);
    for (let count = 1; ; count += 1) {
      const path = `/${name}-${count}`;
      if (count % 2 === 0) {
        await client.upload(`STOR ${path}`, 'content');
      } else {
        await client.upload(`STOR ${path}.filepart`, 'content');
        await client.expect(350, `RNFR ${path}.filepart`);
        await client.expect(250, `RNTO ${path}`);
      }
      acknowledge(path);
    }
  } catch {
    // It was killed.
  }
}
