import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ShownKeptFile } from '../../src/service/index.ts';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';

async function answerOf(dataDir: string, expected: number, ...args: readonly string[]) {
  const { code, output, errors } = await lockport(['trash', ...args, '--json', '--data-dir', dataDir]);
  assert.equal(code, expected, errors + output);
  return JSON.parse(output);
}

for (const workers of [1, 2]) {
  test(`what clients replace and remove is listed, restored and purged while the server runs (workers: ${workers})`, async (context) => {
    const files = await temporaryDirectory(context);
    const STORAGES = JSON.stringify({ default: { kind: 'local', path: files, trash: { keepDays: 30 } } });
    const { server, ...started } = await startWorkers(context, { workers, settings: { STORAGES } }).then((started) => ({
      server: started.server,
      signIn: () => started.signIn(),
    }));
    const { dataDir } = server;
    await using client = await started.signIn();
    await client.expect(257, 'MKD ward');
    await client.upload('STOR ward/plan', 'first');
    await client.upload('STOR ward/plan', 'second');
    await client.upload('STOR ward/list', 'list');
    await client.expect(250, 'DELE ward/list');
    await client.expect(550, 'CWD .lockport-trash');

    const { files: kept }: { files: readonly ShownKeptFile[] } = await answerOf(dataDir, 0, 'list', 'alice');
    assert.deepEqual(
      kept.map(({ path, bytes }) => [path, bytes]),
      [
        ['/ward/list', 4],
        ['/ward/plan', 5],
      ],
    );
    assert.match(
      (await lockport(['trash', 'list', 'alice', '/ward/plan', '--data-dir', dataDir])).output,
      /5 B +\/ward\/plan\n$/,
    );

    const partly = await answerOf(dataDir, 10, 'restore', 'alice', '/ward');
    assert.deepEqual(
      partly.files.map(({ path, restoredAs, failed }: Record<string, string>) => [path, restoredAs, failed]).toSorted(),
      [
        ['/ward/list', '/ward/list', undefined],
        ['/ward/plan', undefined, 'An entry of this name exists'],
      ],
    );
    assert.equal(await readFile(join(files, 'ward/list'), 'utf8'), 'list');
    assert.equal(await readFile(join(files, 'ward/plan'), 'utf8'), 'second');
    await answerOf(dataDir, 0, 'restore', 'alice', '/ward/plan', '--at', '1h', '--as', '/before/plan');
    assert.equal(await readFile(join(files, 'before/plan'), 'utf8'), 'first');

    await client.expect(250, 'DELE ward/list');
    const purged = await answerOf(dataDir, 0, 'purge', 'alice', '--all');
    assert.equal(purged.files.length, 1);
    assert.deepEqual((await answerOf(dataDir, 0, 'list', 'alice')).files, []);

    const search = ['audit', 'search', '--event', 'operator.acted', '--oldest', '--json', '--data-dir', dataDir];
    const records = (await lockport(search)).output.trimEnd().split('\n');
    assert.deepEqual(
      records.map((line) => JSON.parse(line)).map(({ action, account, path, to }) => [action, account, path, to]),
      [
        ['restoreTrash', 'alice', '/ward', undefined],
        ['restoreTrash', 'alice', '/ward/plan', '/before/plan'],
        ['purgeTrash', 'alice', undefined, undefined],
      ],
    );
    for (const [code, ...args] of [
      [7, 'restore', 'alice', '/nothing'],
      [7, 'list', 'nobody'],
      [2, 'purge', 'alice'],
    ] as const) {
      assert.equal((await lockport(['trash', ...args, '--data-dir', dataDir])).code, code, args.join(' '));
    }
  });
}
