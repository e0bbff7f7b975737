import assert from 'node:assert/strict';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { test } from 'node:test';
import { FileReader, FileWriter } from './index.ts';
import { content, fill, openFile, pour } from './lending-fixture.test.ts';

test('what is filled into the room of a writer is in the file, from its byte on', async (context) => {
  const { path, handle } = await openFile(context, 'beginning');
  const writer = new FileWriter(handle, 9);
  await fill(writer, content);
  writer.end();
  await finished(writer);
  assert.deepEqual(await readFile(path), Buffer.concat([Buffer.from('beginning'), content]));
  assert.equal(writer.position, 9 + content.length);
});

test('what is written to a writer as a stream is in the file too', async (context) => {
  const { path, handle } = await openFile(context);
  const writer = new FileWriter(handle, 0);
  for (let at = 0; at < content.length; at += 100_000) {
    if (!writer.write(content.subarray(at, at + 100_000))) await once(writer, 'drain');
  }
  writer.end();
  await finished(writer);
  assert.deepEqual(await readFile(path), content);
});

test('what a writer took is in the file when it is stopped', async (context) => {
  const { path, handle } = await openFile(context);
  const writer = new FileWriter(handle, 0);
  await fill(writer, content);
  await writer.stop();
  assert.deepEqual(await readFile(path), content);
  assert.equal(writer.position, content.length);
});

test('a write that fails is the failure of the writer, and it writes nothing more', async (context) => {
  const { path } = await openFile(context, 'as it was');
  await using handle = await open(path, 'r');
  const writer = new FileWriter(handle, 0);
  pour(writer, content.subarray(0, 20_000));
  await assert.rejects(finished(writer), { code: 'EBADF' });
  await writer.stop();
  assert.equal(await readFile(path, 'utf8'), 'as it was');
  assert.equal(writer.position, 0);
});

test('a reader lends the bytes up to its end, and what is out stays as it is', async (context) => {
  const { handle } = await openFile(context, content);
  const reader = new FileReader(handle, { start: 7, end: 3_000_000 });
  const out: Uint8Array[] = [];
  const copies: Uint8Array[] = [];
  for (let portion = await reader.borrow(); portion; portion = await reader.borrow()) {
    copies.push(Buffer.from(portion));
    out.push(portion);
    const oldest = out.length > 2 ? out.shift() : undefined;
    if (oldest) reader.giveBack(oldest);
  }
  assert.deepEqual(Buffer.concat(copies), content.subarray(7, 3_000_000));
  assert.deepEqual(Buffer.concat(out), content.subarray(7, 3_000_000).subarray(-Buffer.concat(out).length));
});

test('a reader is a stream of the same bytes, up to where the file ends', async (context) => {
  const { handle } = await openFile(context, content);
  assert.deepEqual(await buffer(new FileReader(handle, { start: 7 })), content.subarray(7));
});
