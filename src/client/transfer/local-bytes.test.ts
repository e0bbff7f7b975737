import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import type { LendingSink } from '../../core/index.ts';
import { FileIntake } from './file-intake.ts';
import { FileReader } from './file-reader.ts';
import { FileWriter } from './file-writer.ts';
import { openSource } from './source.ts';

const content = randomBytes(1_000_003);

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

test('an intake shows what came, and stops at its end', async (context) => {
  const { path, handle } = await openFile(context);
  const shown: Buffer[] = [];
  const writer = new FileWriter(handle, 0);
  const intake = new FileIntake(writer, {
    start: 100,
    end: 100_100,
    onChunk: (chunk, position) => {
      assert.equal(position, 100 + Buffer.concat(shown).length);
      shown.push(Buffer.from(chunk));
    },
  });
  await fill(intake, content.subarray(0, 200_000));
  await intake.full;
  await intake.finish(undefined);
  assert.deepEqual(Buffer.concat(shown), content.subarray(0, 100_000));
  assert.deepEqual(await readFile(path), content.subarray(0, 100_000));
  assert.equal(intake.position, 100_100);
});

test('an intake says once that it would rather wait, and once that it need not', async (context) => {
  const { path, handle } = await openFile(context);
  const intake = new FileIntake(new FileWriter(handle, 0), { start: 0, onChunk: () => undefined });
  let drained = 0;
  intake.on('drain', () => {
    drained += 1;
  });
  // Nothing can be written before this turn of the event loop ends.
  const refusals = pour(intake, content).filter((mayGoOn) => !mayGoOn);
  assert.equal(refusals.length, 1);
  await once(intake, 'drain');
  await intake.finish(undefined);
  assert.equal(drained, 1);
  assert.deepEqual(await readFile(path), content);
});

test('what looks on and throws is the failure of the intake, and no byte comes behind it', async (context) => {
  const { path, handle } = await openFile(context);
  const writer = new FileWriter(handle, 0);
  let seen = 0;
  const intake = new FileIntake(writer, {
    start: 0,
    onChunk: () => {
      seen += 1;
      if (seen === 2) throw new Error('No more');
    },
  });
  pour(intake, content.subarray(0, 60_000));
  await assert.rejects(finished(intake), { message: 'No more' });
  await writer.stop();
  assert.deepEqual(await readFile(path), content.subarray(0, 16_384));
});

test('a reader lends the bytes up to its end, and what is out stays as it is', async (context) => {
  const { handle } = await openFile(context, content);
  const reader = new FileReader(handle, 7, 900_000);
  const out: Uint8Array[] = [];
  const copies: Uint8Array[] = [];
  for (let portion = await reader.borrow(); portion; portion = await reader.borrow()) {
    copies.push(Buffer.from(portion));
    out.push(portion);
    const oldest = out.length > 2 ? out.shift() : undefined;
    if (oldest) reader.giveBack(oldest);
  }
  assert.deepEqual(Buffer.concat(copies), content.subarray(7, 900_000));
  assert.deepEqual(Buffer.concat(out), content.subarray(7, 900_000).subarray(-Buffer.concat(out).length));
});

test('a reader is a stream of the same bytes, up to where the file ends', async (context) => {
  const { handle } = await openFile(context, content);
  assert.deepEqual(await buffer(new FileReader(handle, 7)), content.subarray(7));
});

test('a file that is written to while it is lent is no source', async (context) => {
  const { path } = await openFile(context, content);
  await using source = await openSource(path, undefined);
  await writeFile(path, content.subarray(0, 1000));
  await assert.rejects(buffer(source.bytes(0, () => undefined)), { code: 'changed' });
});

/** As a socket does it. Gives what each piece was answered. */
function pour(sink: LendingSink, bytes: Buffer): boolean[] {
  const answers: boolean[] = [];
  for (let at = 0; at < bytes.length; ) {
    const copied = bytes.copy(sink.room(), 0, at, at + 16_384);
    answers.push(sink.filled(copied));
    at += copied;
  }
  return answers;
}

async function fill(sink: LendingSink, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const copied = bytes.copy(sink.room(), 0, at, at + 16_384);
    const mayGoOn = sink.filled(copied);
    at += copied;
    if (!mayGoOn) await once(sink, 'drain');
  }
}

async function openFile(context: TestContext, beginning: string | Buffer = '') {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-'));
  const path = join(directory, 'file');
  await writeFile(path, beginning);
  const handle = await open(path, 'r+');
  context.after(async () => {
    await handle.close();
    await rm(directory, { recursive: true });
  });
  return { path, handle };
}
