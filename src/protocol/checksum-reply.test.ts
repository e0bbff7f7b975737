import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChecksumReply, parseHashReply } from './checksum-reply.ts';
import { reply } from './reply.ts';

const MD5 = '0123456789abcdef0123456789abcdef';
const OTHER = 'ffffffffffffffffffffffffffffffff';

test('the answer to HASH is read as its parts', () => {
  assert.deepEqual(parseHashReply(reply(213, `SHA-1 0-49 ${MD5.toUpperCase()} a b`)), {
    algorithm: 'SHA-1',
    range: [0, 49],
    hex: MD5,
  });
  assert.deepEqual(parseHashReply(reply(213, 'crc32 5-9 0a0b0c0d')), {
    algorithm: 'CRC32',
    range: [5, 9],
    hex: '0a0b0c0d',
  });
});

test('what is no answer to HASH is not understood', () => {
  for (const text of [
    '',
    'SHA-1',
    `SHA-1 ${MD5} x`,
    'SHA-1 0-49 x name',
    'SHA-1 0-49 abc name',
    `SHA-1 0- ${MD5}`,
    ` 0-49 ${MD5}`,
  ]) {
    assert.equal(parseHashReply(reply(213, text)), undefined, text);
  }
  assert.equal(parseHashReply(reply(550, `SHA-1 0-49 ${MD5} x`)), undefined);
});

test('a checksum is found beside names and words, in any case', () => {
  const sums = [
    reply(250, MD5),
    reply(213, MD5.toUpperCase()),
    reply(250, `XMD5 ${MD5}`),
    reply(251, `"a b" ${MD5}`),
    reply(250, `${MD5} ${OTHER}`),
    reply(250, `x ${OTHER} ${MD5}`),
    reply(250, `Sum ${MD5} of x`),
    { code: 250, lines: ['Computing', MD5] } as const,
  ];
  for (const sum of sums) assert.equal(parseChecksumReply(sum, 'MD5'), MD5, sum.lines.join());
});

test('a CRC gets back the zeros that it was printed without', () => {
  assert.equal(parseChecksumReply(reply(250, '1A2B'), 'CRC32'), '00001a2b');
  assert.equal(parseChecksumReply(reply(250, '0001A2B3'), 'CRC32'), '0001a2b3');
});

test('a sum of another length, a word and a refusal are none', () => {
  assert.equal(parseChecksumReply(reply(250, MD5), 'SHA-1'), undefined);
  assert.equal(parseChecksumReply(reply(250, 'x'.repeat(32)), 'MD5'), undefined);
  assert.equal(parseChecksumReply(reply(250, 'Done'), 'CRC32'), undefined);
  assert.equal(parseChecksumReply(reply(250, ''), 'CRC32'), undefined);
  assert.equal(parseChecksumReply(reply(550, MD5), 'MD5'), undefined);
});
