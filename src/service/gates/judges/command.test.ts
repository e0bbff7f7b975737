import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { StorageError } from '../../../core/index.ts';
import { commandJudge } from './command.ts';

const about = { id: '1', kind: 'gate', at: '2026-01-01T00:00:00.000Z', path: '/a' } as const;

test('a program that got only a part of the content has no say', async () => {
  const judge = await commandJudge({ run: ['/bin/cat'] }, { gate: 'scan', timeoutMs: 60_000 });
  const read = () =>
    Readable.from(
      (async function* () {
        yield Buffer.from('the beginning');
        throw new StorageError('io', 'The medium failed');
      })(),
    );
  await assert.rejects(judge.judge({ about, bytes: 100, read }, new AbortController().signal), {
    name: 'JudgeError',
    message: /The medium failed/,
  });
});

test('a program that reads none of the content has its say', async () => {
  const judge = await commandJudge({ run: ['/bin/true'] }, { gate: 'scan', timeoutMs: 60_000 });
  const read = () => Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(65_536)));
  const { signal } = new AbortController();
  assert.deepEqual(await judge.judge({ about, bytes: 6_553_600, read }, signal), { verdict: 'accept' });
});
