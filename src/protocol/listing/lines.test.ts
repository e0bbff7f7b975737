import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from '../../core/index.ts';
import { encodeListing } from './lines.ts';

async function* batches(lines: readonly string[]): AsyncIterable<readonly string[]> {
  for (let start = 0; start < lines.length; start += 3) yield lines.slice(start, start + 3);
}

const encoded = (lines: readonly string[]) => Array.fromAsync(encodeListing(batches(lines)));

test('each line gets its CRLF, empty ones too, and an empty listing has no bytes', async () => {
  assert.equal(Buffer.concat(await encoded(['a', '', 'ü'])).toString(), 'a\r\n\r\nü\r\n');
  assert.deepEqual(await encoded([]), []);
});

test('a line that holds CR, LF or NUL is left out', async () => {
  assert.equal(Buffer.concat(await encoded(['a\nb', 'c\rd', 'e\0', 'f'])).toString(), 'f\r\n');
});

test('names that are not UTF-8 keep their bytes', async () => {
  const bytes = Buffer.from([0x61, 0xff, 0xfc]);
  assert.deepEqual(Buffer.concat(await encoded([decodeText(bytes)])), Buffer.concat([bytes, Buffer.from('\r\n')]));
});

test('many lines come in chunks of bounded size, the first one small', async () => {
  const lines = Array.from({ length: 20_000 }, (_, number) => `name-${number}`);
  const chunks = await encoded(lines);
  assert.ok(chunks.length > 2);
  assert.ok((chunks[0]?.length ?? 0) < 1100);
  assert.ok(chunks.every((chunk) => chunk.length < 66_000));
  assert.equal(Buffer.concat(chunks).toString(), `${lines.join('\r\n')}\r\n`);
});
