import assert from 'node:assert/strict';
import { PassThrough, Readable, Transform } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { counted, portions, throughSteps } from './outgoing.ts';

const pieces = fc.array(
  fc.integer({ min: 0, max: 200_000 }).map((length) => Buffer.alloc(length, length % 251)),
  { maxLength: 8 },
);

test('portions are the same bytes, none of them longer than the bound, few of them small', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 10_000, max: 300_000 }), async (chunks, maxBytes) => {
      const out = await Array.fromAsync(portions(Readable.from(chunks), maxBytes));
      assert.deepEqual(Buffer.concat(out), Buffer.concat(chunks));
      assert.ok(out.every(({ length }) => length > 0 && length <= maxBytes));
    }),
    { numRuns: 50 },
  );
});

test('lines of a listing go out joined, but for the first one, which shows that it begins', async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => Buffer.from(`line ${index}\r\n`));
  const out = await Array.fromAsync(portions(Readable.from(lines)));
  assert.deepEqual(out[0], lines[0]);
  assert.equal(out.length, 3);
});

test('bytes are counted as they pass', async () => {
  let bytes = 0;
  const out = counted(Readable.from([Buffer.alloc(3), Buffer.alloc(4)]), (more) => {
    bytes += more;
  });
  await Array.fromAsync(out);
  assert.equal(bytes, 7);
});

test('steps are passed in order', async () => {
  const suffix = (text: string) =>
    new Transform({ transform: (chunk, _encoding, done) => done(null, Buffer.concat([chunk, Buffer.from(text)])) });
  const out = throughSteps(Readable.from([Buffer.from('x')]), [suffix('a'), suffix('b')]);
  assert.equal(Buffer.concat(await Array.fromAsync(out)).toString(), 'xab');
});

test('the failure of a source, and that of a step, come out at the end', async () => {
  const failing = Readable.from(
    (async function* () {
      yield Buffer.from('x');
      throw new Error('the disk');
    })(),
  );
  await assert.rejects(Array.fromAsync(throughSteps(failing, [new PassThrough(), new PassThrough()])), /the disk/);
  const refusing = new Transform({ transform: (_chunk, _encoding, done) => done(new Error('the step')) });
  const source = Readable.from([Buffer.from('x')]);
  await assert.rejects(Array.fromAsync(throughSteps(source, [refusing, new PassThrough()])), /the step/);
  assert.equal(source.destroyed, true);
});
