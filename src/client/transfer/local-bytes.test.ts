import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { FileWriter } from '../../disk/index.ts';
import { content, fill, openFile, pour } from '../../disk/lending-fixture.test.ts';
import { FileSink } from './file-sink.ts';
import { openSource } from './source.ts';

test('a sink shows what came, and stops at its end', async (context) => {
  const { path, handle } = await openFile(context);
  const shown: Buffer[] = [];
  const writer = new FileWriter(handle, 0);
  const sink = new FileSink(writer, {
    start: 100,
    end: 100_100,
    onChunk: (chunk, position) => {
      assert.equal(position, 100 + Buffer.concat(shown).length);
      shown.push(Buffer.from(chunk));
    },
  });
  await fill(sink, content.subarray(0, 200_000));
  await sink.full;
  await sink.finish(undefined);
  assert.deepEqual(Buffer.concat(shown), content.subarray(0, 100_000));
  assert.deepEqual(await readFile(path), content.subarray(0, 100_000));
  assert.equal(sink.position, 100_100);
});

test('a sink would rather wait where its writer would, and says when it need not', async (context) => {
  const { path, handle } = await openFile(context);
  const sink = new FileSink(new FileWriter(handle, 0), { start: 0, onChunk: () => undefined });
  // Nothing can be written before this turn of the event loop ends.
  const answers = pour(sink, content);
  const first = answers.indexOf(false);
  assert.ok(first > 0 && answers.slice(first).every((mayGoOn) => !mayGoOn));
  await once(sink, 'drain');
  await sink.finish(undefined);
  assert.deepEqual(await readFile(path), content);
});

test('what looks on and throws is the failure of the sink, and no byte comes behind it', async (context) => {
  const { path, handle } = await openFile(context);
  const writer = new FileWriter(handle, 0);
  let seen = 0;
  const sink = new FileSink(writer, {
    start: 0,
    onChunk: () => {
      seen += 1;
      if (seen === 2) throw new Error('No more');
    },
  });
  pour(sink, content.subarray(0, 60_000));
  await assert.rejects(finished(sink), { message: 'No more' });
  await writer.stop();
  assert.deepEqual(await readFile(path), content.subarray(0, 16_384));
});

test('a file that is written to while it is lent is no source', async (context) => {
  const { path } = await openFile(context, content);
  await using source = await openSource(path, undefined);
  await writeFile(path, content.subarray(0, 1000));
  await assert.rejects(buffer(source.bytes(0, () => undefined)), { code: 'changed' });
});
