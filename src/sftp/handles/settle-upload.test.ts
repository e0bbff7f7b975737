import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenTransfer, ROOT, resolvePath, StorageError } from '../../core/index.ts';
import { STATUS } from '../../protocol/index.ts';
import { settleUpload } from './settle-upload.ts';

test('an upload whose attributes could not be set is recorded as published, and its client hears of the failure', async () => {
  const path = resolvePath(ROOT, '/a');
  const { signal } = new AbortController();
  const told: string[] = [];
  const transfer = new OpenTransfer({
    verb: 'X',
    direction: 'upload',
    path,
    limiter: undefined,
    signal,
    publish: (event) => {
      if (event.event === 'transfer.finished') told.push(`${event.outcome} ${event.reply}`);
    },
  });
  const upload = settleUpload({
    files: {
      allows: () => true,
      setAttributes: async () => {
        throw new StorageError('busy', 'The entry is being changed');
      },
    },
    path,
    endings: { suspend: async () => undefined, discard: async () => undefined },
    transfer,
    commit: async () => undefined,
  });
  await upload.setAttributes({ mode: 0o600 });
  await assert.rejects(upload.close(), { code: 'busy' });
  assert.deepEqual(told, [`complete ${STATUS.failure}`]);
});
