import assert from 'node:assert/strict';
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ROOT } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import { account, hashPassword } from '../../src/identity/index.ts';
import { searchAudit, verifyAudit } from '../../src/operations/index.ts';
import { ControlClient } from '../../src/service/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { mountSmallMedium } from '../../src/testing/small-medium.ts';
import { codesOf, done, exchange, fileFrames } from '../bundle/raw-bundle.ts';
import { type LockportProcess, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { metricsPort, metricsWhen, scrape } from '../monitoring/scrape.ts';

// Who fills the disk of the audit trail to work unseen: with `audit.onFailure: refuse` nothing is done until there is room.

const PASSWORD = 'wonderland-wonderland';

interface Scene extends AsyncDisposable {
  readonly server: LockportProcess;
  readonly client: RawClient;
  /** Of the audit trail. */
  readonly trail: string;
  readonly files: string;
  /** Leaves room on the disk of the audit trail for less than a page. */
  fill(): Promise<void>;
  /** Makes room, and waits until records are written again. */
  makeRoom(): Promise<void>;
}

/** A server whose audit trail has a small disk of its own, and alice on it; undefined where there can be no such disk. */
async function scene(context: TestContext, workers: number): Promise<Scene | undefined> {
  const dataDir = await temporaryDirectory(context);
  const [trail, files] = [join(dataDir, 'audit'), join(dataDir, 'files')];
  await mkdir(trail, { mode: 0o700 });
  await mkdir(files);
  await using resources = new AsyncDisposableStack();
  const medium = await mountSmallMedium(context, trail, '512k');
  if (!medium) return undefined;
  resources.use(medium);
  {
    await using database = openDatabase(join(dataDir, 'lockport.db'));
    await database.accounts.add(account('alice', { home: ROOT }), await hashPassword(PASSWORD));
  }
  const environment = { LOCKPORT_AUDIT_ON_FAILURE: 'refuse' };
  const args = ['--workers', String(workers), '--metrics-port', '0'];
  const server = await serve(context, dataDir, args, { environment });
  const client = resources.use(await server.connect());
  await client.signIn('alice', PASSWORD);
  const held = resources.move();
  const filler = join(trail, 'filler');
  return {
    server,
    client,
    trail,
    files,
    fill: () => writeFile(filler, Buffer.alloc(600_000)).catch(() => undefined),
    async makeRoom() {
      await rm(filler);
      await server.event(({ message }) => message === 'The audit trail is written again');
      while ((await client.ask('PWD')).code === 450);
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

for (const workers of [1, 2]) {
  test(`while nothing can be recorded, nothing is done, nobody signs in, and operators are told (workers: ${workers})`, async (context) => {
    await using scenery = await scene(context, workers);
    if (!scenery) return;
    const { server, client, trail, files } = scenery;
    await client.upload('STOR before', 'kept');
    const port = await metricsPort(server);
    const before = await metricsWhen(port, (metrics) => metrics.get('lockport_audit_written') === 1);
    assert.equal(before.get('lockport_audit_written'), 1);
    assert.equal(before.get('lockport_ready'), 1);

    await scenery.fill();
    // The last page has room for some more.
    let reply = await client.ask('MKD first');
    for (let count = 1; reply.code === 257; count += 1) reply = await client.ask(`MKD ${'a'.repeat(200)}${count}`);
    assert.equal(reply.code, 451, 'it was done, and could not be recorded');
    await server.event(({ message }) => /operations are refused: ENOSPC/.test(String(message)));
    // Workers hear of it a moment later.
    while ((await client.ask('PWD')).code !== 450);
    const names = await readdir(files);
    await client.expect(450, 'DELE before');
    await client.expect(450, 'RETR before');
    await client.expect(450, 'MKD refused');
    await client.expect(200, 'NOOP');
    await using stranger = await server.connect();
    await stranger.expect(220);
    await stranger.expect(234, 'AUTH TLS');
    await stranger.secure();
    await stranger.expect(421, 'USER alice');
    assert.deepEqual(await readdir(files), names);

    const after = await metricsWhen(port, (metrics) => metrics.get('lockport_audit_written') === 0);
    assert.equal(after.get('lockport_audit_written'), 0);
    assert.equal(after.get('lockport_ready'), 0);
    const { status, body } = await scrape(port, '/readyz');
    assert.equal(status, 503);
    assert.match(body, /Nothing can be recorded, and operations are refused: ENOSPC/);
    {
      const asked = { dataDir: server.dataDir, version: '', howToServe: '', operator: 'anna' };
      using operator = await ControlClient.connect(asked);
      const { attention } = await operator.call('status', {});
      assert.deepEqual(
        attention.map(({ code, message }) => [code, /ENOSPC/.test(message)]),
        [['not-ready', true]],
      );
    }

    await scenery.makeRoom();
    await client.expect(250, 'DELE before');
    server.signal('SIGTERM');
    assert.equal(await server.ended(), 0);
    assert.equal((await verifyAudit({ directory: trail })).finding, undefined);
  });
}

const COUNT = 60;

test('Each file of a bundle that is acknowledged while the disk of the audit trail fills up has its record', async (context) => {
  await using scenery = await scene(context, 2);
  if (!scenery) return;
  const { client, trail, files, server } = scenery;
  await scenery.fill();
  const name = (number: number) => `${'b'.repeat(150)}-${number}`;
  const sent = Array.from({ length: COUNT }, (_, number) => fileFrames(name(number), 'x'));
  const { frames } = await exchange(client, 'BNDL STOR', { bytes: Buffer.concat([...sent, done(COUNT)]) });
  const codes = codesOf(frames);
  assert.equal(codes.length, COUNT);
  assert.ok(codes.includes(451) || codes.includes(450), codes.join());

  await scenery.makeRoom();
  server.signal('SIGTERM');
  assert.equal(await server.ended(), 0);
  const recorded = new Set<unknown>();
  for await (const { path } of searchAudit(trail, { event: 'file.changed' })) recorded.add(path);
  const stored = codes.flatMap((code, number) => (code < 300 ? [`/${name(number)}`] : []));
  assert.deepEqual(
    stored.filter((path) => !recorded.has(path)),
    [],
  );
  for (const path of stored) assert.equal(await readFile(join(files, path), 'utf8'), 'x');
  const refused = codes.flatMap((code, number) => (code === 450 ? [join(files, name(number))] : []));
  for (const path of refused) await assert.rejects(access(path), { code: 'ENOENT' });
});
