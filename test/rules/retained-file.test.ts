import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';

test('a rule removes and moves nothing that is retained', async (context) => {
  const files = await temporaryDirectory(context);
  await mkdir(join(files, 'records'));
  const retain = [{ path: '/records', days: 10 }];
  const rules = [
    { name: 'remove', when: ['downloaded'], do: [{ remove: {} }] },
    { name: 'move', when: ['downloaded'], do: [{ move: { to: '/elsewhere/{name}' } }] },
  ];
  const settings = {
    STORAGES: JSON.stringify({ default: { kind: 'local', path: files, retain } }),
    RULES: JSON.stringify(rules),
  };
  const started = await startWorkers(context, { workers: 1, settings });
  await using client = await started.signIn();
  await client.upload('STOR records/record', 'a record');
  await client.download('RETR records/record');
  for (const { name } of rules) {
    let refused: readonly string[] = [];
    while (refused.length === 0) {
      const { output } = await lockport(['rules', 'list', name, '--json', '--data-dir', started.server.dataDir]);
      refused = JSON.parse(output).rules[0].recent.map(({ detail }: { readonly detail: string }) => detail);
      if (refused.length === 0) await setTimeout(100);
    }
    assert.match(refused.join(), /retained until/, name);
  }
  assert.equal(await readFile(join(files, 'records/record'), 'utf8'), 'a record');
});
