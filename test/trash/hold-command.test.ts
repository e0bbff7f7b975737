import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';

for (const workers of [1, 2]) {
  test(`clients alter nothing that is retained or held, and an operator sets and lifts holds (workers: ${workers})`, async (context) => {
    const files = await temporaryDirectory(context);
    await mkdir(join(files, 'records'));
    const retain = [{ path: '/records', days: 10 }];
    const STORAGES = JSON.stringify({
      default: { kind: 'local', path: files, trash: { keepDays: 1, maxBytes: '1GiB' }, retain },
    });
    const started = await startWorkers(context, { workers, settings: { STORAGES } });
    const { dataDir } = started.server;
    const hold = async (...args: readonly string[]) => {
      const { code, output, errors } = await lockport(['hold', ...args, '--json', '--data-dir', dataDir]);
      return { code, errors, answer: code === 0 ? JSON.parse(output) : undefined };
    };
    await using client = await started.signIn();
    await using other = await started.signIn('bob');
    await client.upload('STOR records/record', 'a record');
    await client.upload('STOR plan', 'a plan');
    const refused = /retained until/;
    for (const command of [
      'DELE records/record',
      'MFMT 20200101000000 records/record',
      'SITE CHMOD 777 records/record',
    ]) {
      assert.match((await client.ask(command)).lines.join(), refused, command);
    }
    await client.expect(350, 'RNFR records');
    await client.expect(550, 'RNTO elsewhere');
    await client.passive();
    assert.match((await client.ask('STOR records/record')).lines.join(), refused);
    assert.equal(await readFile(join(files, 'records/record'), 'utf8'), 'a record');

    const reason = `case ${randomUUID()}`;
    assert.equal((await hold('set', 'alice', '/plan', '--reason', reason)).code, 0);
    for (const each of [client, other]) assert.match((await each.ask('DELE plan')).lines.join(), /legal hold/);
    const { answer } = await hold('list', 'bob');
    assert.deepEqual(
      answer.holds.map((held: Record<string, string>) => [held['path'], held['reason']]),
      [['/plan', reason]],
    );
    assert.notEqual((await hold('set', 'alice', '/plan', '--reason', 'again')).code, 0);
    assert.equal((await hold('lift', 'alice', '/plan')).code, 0);
    assert.notEqual((await hold('lift', 'alice', '/plan')).code, 0);
    await other.expect(250, 'DELE plan');

    const search = ['audit', 'search', '--event', 'operator.acted', '--oldest', '--json', '--data-dir', dataDir];
    const records = (await lockport(search)).output.trimEnd().split('\n');
    assert.deepEqual(
      records.map((line) => JSON.parse(line)).map(({ action, path, outcome }) => [action, path, outcome]),
      [
        ['setHold', '/plan', 'done'],
        ['setHold', '/plan', 'failed'],
        ['liftHold', '/plan', 'done'],
        ['liftHold', '/plan', 'failed'],
      ],
    );
  });
}
