import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from './configuration/index.ts';
import { waitingForRestart } from './restart.ts';

async function withKeys(keys: string) {
  const storages = `{disk: {kind: local, path: /srv/disk}, default: {kind: encrypted, over: disk, keys: ${keys}}}`;
  return (await loadConfiguration({ environment: { LOCKPORT_STORAGES: storages }, flags: {} })).configuration;
}

test('keys of the storage of the homes take effect at the next start, and are named until then', async () => {
  const running = await withKeys('[{file: /old}]');
  assert.deepEqual(waitingForRestart(running, await withKeys('[{file: /old}]')), []);
  assert.deepEqual(waitingForRestart(running, await withKeys('[{file: /new}, {file: /old}]')), ['storages']);
});
