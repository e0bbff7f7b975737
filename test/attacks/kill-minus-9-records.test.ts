import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../../src/client/index.ts';
import { ROOT } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import { account, hashPassword } from '../../src/identity/index.ts';
import { verifyAudit } from '../../src/operations/index.ts';
import { type LockportProcess, serve, temporaryDirectory } from '../cli/lockport-process.ts';

// With `audit.onFailure: refuse`, a server that is killed at any moment has on the disk the record of each operation that
// it had acknowledged. `npm run kills` kills 500 times.

const KILLS = Number(process.env['LOCKPORT_KILLS'] ?? 20);
const CLIENTS = 4;
const PASSWORD = 'wonderland-wonderland';

/** A start of several processes takes longer. */
const SHARES = { 1: 0.7, 2: 0.3 };

for (const workers of [1, 2] as const) {
  test(`kill -9 under load loses no record of an operation that was acknowledged (workers: ${workers})`, async (context) => {
    const dataDir = await temporaryDirectory(context);
    await mkdir(join(dataDir, 'files'));
    {
      await using database = openDatabase(join(dataDir, 'lockport.db'));
      await database.accounts.add(account('alice', { home: ROOT }), await hashPassword(PASSWORD));
    }
    const environment = { LOCKPORT_AUDIT_ON_FAILURE: 'refuse', LOCKPORT_STORAGE_DURABILITY: 'fast' };
    const acknowledged: string[] = [];
    const kills = KILLS * SHARES[workers];
    for (let kill = 1; kill <= kills; kill += 1) {
      const server = await serve(context, dataDir, ['--workers', String(workers)], { environment });
      const enough = Promise.withResolvers<void>();
      const wanted = acknowledged.length + 5 + (kill % 7) * 4;
      let isBundled = false;
      const acknowledge = (operation: string) => {
        acknowledged.push(operation);
        // One of a bundle among them, so that the server dies in the middle of a bundle, too.
        isBundled ||= operation.includes('-bundled-');
        if (isBundled && acknowledged.length >= wanted) enough.resolve();
      };
      const clients = [
        ...Array.from({ length: CLIENTS }, (_, index) => work(server, `${kill}-${index}`, acknowledge)),
        workInBundles(server, `${kill}-bundled`, acknowledge),
      ];
      await Promise.race([enough.promise, Promise.all(clients)]);
      await server.kill();
      await Promise.all(clients);
    }
    const recorded = await operationsIn(join(dataDir, 'audit'));
    assert.deepEqual(
      acknowledged.filter((operation) => !recorded.has(operation)),
      [],
    );
    assert.ok(acknowledged.length >= 5 * kills);
    assert.ok(acknowledged.filter((operation) => operation.includes('-bundled-')).length >= kills);
    const { finding } = await verifyAudit({ directory: join(dataDir, 'audit') });
    assert.equal(finding, undefined);
  });
}

/** Signs in, stores and removes files until the server is gone, and tells what was acknowledged. */
async function work(server: LockportProcess, name: string, acknowledge: (operation: string) => void): Promise<void> {
  try {
    await using client = await server.connect();
    await client.signIn('alice', PASSWORD);
    for (let count = 1; ; count += 1) {
      const path = `/${name}-${count}`;
      await client.upload(`STOR ${path}`, `content of ${name}`);
      acknowledge(`transfer.finished ${path}`);
      await client.expect(250, `DELE ${path}`);
      acknowledge(`removed ${path}`);
    }
  } catch {
    // It was killed.
  }
}

/** Files that go together at once: this many are on their way in a bundle. */
const TOGETHER = 8;

/** Stores files in bundles until the server is gone, and tells of each that was acknowledged. */
async function workInBundles(
  server: LockportProcess,
  name: string,
  acknowledge: (operation: string) => void,
): Promise<void> {
  const ca = await readFile(join(server.dataDir, 'tls', 'certificate.pem'), 'utf8');
  const host = { host: '127.0.0.1', port: server.port('explicit'), user: 'alice', password: PASSWORD };
  try {
    await using client = await connect({ ...host, tls: { ca }, connections: 1, retry: { attempts: 1 } });
    for (let round = 1; ; round += 1) {
      const uploads = Array.from({ length: TOGETHER }, async (_, index) => {
        const path = `/${name}-${round}-${index}`;
        await client.upload(Buffer.from(`content of ${name}`), path, { bundled: true });
        acknowledge(`transfer.finished ${path}`);
      });
      const settled = await Promise.allSettled(uploads);
      if (settled.some(({ status }) => status === 'rejected')) return;
    }
  } catch {
    // It was killed.
  }
}

async function operationsIn(directory: string): Promise<ReadonlySet<string>> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl') && /^\d/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  // The last line may be torn.
  const lines = texts.flatMap((text) => text.split('\n').slice(0, -1));
  return new Set(
    lines.map((line) => {
      const { event, change, path } = JSON.parse(line) as { readonly [field: string]: string };
      return `${change ?? event} ${path}`;
    }),
  );
}
