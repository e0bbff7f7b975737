import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { ControlClient, type ShownSession } from '../../src/service/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { startWorkers, type Workers } from './workers.ts';

function operatorOf({ server }: Workers): Promise<ControlClient> {
  return ControlClient.connect({ dataDir: server.dataDir, version: '', howToServe: '', operator: 'anna' });
}

/** Asks until the answer fits. */
async function until(operator: ControlClient, fits: (sessions: readonly ShownSession[]) => boolean) {
  for (;;) {
    const answer = await operator.call('sessions', {});
    if (fits(answer.sessions)) return answer;
    await setTimeout(10);
  }
}

/** Begins a transfer that goes on until the test ends. */
type Begin = (client: RawClient, number: number) => Promise<AsyncDisposable | undefined>;

const BEGINNINGS: { readonly [verb: string]: Begin } = {
  async STOR(client, number) {
    const data = await client.data(await client.passive());
    await client.expect(150, `STOR upload-${number}`);
    await data.write(Buffer.alloc(100_000));
    return data;
  },
  async RETR(client) {
    const data = await client.data(await client.passive());
    await client.expect(150, 'RETR large');
    return data;
  },
  // Waits for its data connection.
  async MLSD(client) {
    await client.passive();
    await client.expect(150, 'MLSD');
    return undefined;
  },
  async APPE(client, number) {
    await client.expect(200, 'MODE Z');
    const data = await client.data(await client.passive());
    await client.expect(150, `APPE packed-${number}`);
    await data.write(deflateSync(randomBytes(500_000)).subarray(0, 300_000));
    return data;
  },
};

for (const workers of [1, 3]) {
  test(`the live view shows each running transfer, with what it moves (workers: ${workers})`, async (context) => {
    const server = await startWorkers(context, {
      workers,
      settings: { COMPRESSION: 'true', LIMITS_WORKER_ANSWER_MS: '60000' },
    });
    await writeFile(join(server.root, 'large'), randomBytes(30_000_000));
    using operator = await operatorOf(server);
    const begun: (AsyncDisposable | undefined)[] = [];
    const expected = new Map<number, string>();
    for (let number = 0; number < 16; number += 1) {
      const [verb = '', begin] = Object.entries(BEGINNINGS)[number % 4] ?? [];
      const client = await server.signIn();
      begun.push(client, await begin?.(client, number));
      expected.set(client.localPort, verb);
      // At once, and not some time later.
      const { sessions } = await operator.call('sessions', {});
      const shown = sessions.filter(({ transfer }) => transfer).map(({ port, transfer }) => [port, transfer?.verb]);
      assert.deepEqual(new Map(shown as [number, string][]), expected);
    }
    const isMoving = ({ transfer }: ShownSession) => transfer?.verb === 'MLSD' || (transfer?.bytes ?? 0) > 0;
    const { sessions, workers: shown } = await until(operator, (sessions) => sessions.every(isMoving));
    assert.equal(new Set(sessions.map(({ worker }) => worker)).size, workers);
    assert.deepEqual(
      shown.map(({ worker, state }) => [worker, state]),
      workers === 1 ? [] : [1, 2, 3].map((worker) => [worker, 'serving']),
    );
    for (const { account, tls, transfer, command } of sessions) {
      assert.equal(account, 'alice');
      assert.equal(tls?.version, 'TLSv1.3');
      assert.equal(command?.verb, transfer?.verb);
      assert.equal(transfer?.totalBytes, transfer?.verb === 'RETR' ? 30_000_000 : undefined);
      assert.equal(transfer?.tls?.resumed, transfer?.verb === 'MLSD' ? undefined : true);
    }
    const { transfers, sessions: counts } = await operator.call('status', {});
    assert.deepEqual(transfers, { upload: 8, download: 4, listing: 4 });
    assert.deepEqual(counts, { total: 16, signedIn: 16, byAccount: [{ account: 'alice', sessions: 16 }] });
    for (const each of begun.toReversed()) await each?.[Symbol.asyncDispose]();
  });
}

test('an operator who asks while a worker hangs is answered, told which one, and can act on the others', async (context) => {
  const server = await startWorkers(context, { settings: { LIMITS_WORKER_ANSWER_MS: '1000' } });
  const [hanging, living] = await server.oneInEach();
  assert.ok(hanging && living);
  using operator = await operatorOf(server);
  const worker = await server.workerOf(hanging);
  const pid = await server.pidOf(worker);
  process.kill(pid, 'SIGSTOP');
  try {
    const { attention, workers, sessions } = await operator.call('status', {});
    assert.deepEqual(
      attention.map(({ code }) => code),
      ['worker-silent'],
    );
    assert.equal(workers.find((each) => each.worker === worker)?.state, 'silent');
    assert.equal(sessions.total, 2);
    const { sessions: shown } = await operator.call('sessions', {});
    const silent = shown.find(({ isSilent }) => isSilent);
    assert.equal(silent?.port, hanging.localPort);
    const other = shown.find(({ port }) => port === living.localPort)?.session ?? '';
    const { sessions: ended } = await operator.call('endSessions', { which: { session: other } });
    assert.deepEqual(
      ended.map(({ outcome }) => outcome),
      ['ended'],
    );
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await living.ended();
  for (const client of [hanging, living]) await client[Symbol.asyncDispose]();
});
