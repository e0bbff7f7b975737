import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAnnouncedSize, parseSizeReply, parseTimeReply } from './file-replies.ts';
import { reply } from './reply.ts';

test('a size is a whole number that can be counted exactly', () => {
  const size = (text: string) => parseSizeReply(reply(213, text));
  assert.deepEqual(
    ['0', '12345', ' 7 ', 'File size: 12', '12 bytes', '9007199254740991'].map(size),
    [0, 12345, 7, 12, 12, 9007199254740991],
  );
  for (const text of ['', '-1', '1.5', '0x10', '1e3', '9007199254740992', 'none'])
    assert.equal(size(text), undefined, text);
  assert.equal(parseSizeReply(reply(550, '12')), undefined);
});

test('a time is read with its fraction, and with the year that old servers write', () => {
  const time = (text: string) => parseTimeReply(reply(213, text))?.toISOString();
  assert.equal(time('20260102030405'), '2026-01-02T03:04:05.000Z');
  assert.equal(time('20260102030405.678'), '2026-01-02T03:04:05.678Z');
  assert.equal(time('20260102030405 file'), '2026-01-02T03:04:05.000Z');
  assert.equal(time('191000102030405'), '2000-01-02T03:04:05.000Z');
  assert.equal(time('191260102030405'), '2026-01-02T03:04:05.000Z');
  for (const text of ['', '2026', '20261302030405', 'x', '190990102030405']) assert.equal(time(text), undefined, text);
  assert.equal(parseTimeReply(reply(550, '20260102030405')), undefined);
});

test('the announced size is the last one in parentheses, or begins the text', () => {
  const size = (text: string, code = 150, path = '/x') => parseAnnouncedSize(reply(code, text), path);
  assert.equal(size('Opening BINARY mode data connection for x (5 bytes).'), 5);
  assert.equal(size('Opening data connection for a (1 bytes) b (1 byte)', 125), 1);
  assert.equal(size('Sending x (9 bytes) (12 Bytes)'), 12);
  assert.equal(size('5 bytes to download'), 5);
  for (const text of ['Sending x', 'x (5 kbytes)', 'x (5 bytesize)', '(99999999999999999 bytes)', 'x 5 bytes', '(']) {
    assert.equal(size(text), undefined, text);
  }
  assert.equal(size('(5 bytes)', 226), undefined);
});

test('an announced size that is written in the path is none', () => {
  const size = (text: string, path: string) => parseAnnouncedSize(reply(150, text), path);
  assert.equal(size('Opening x (5 bytes)', '/x (5 bytes)'), undefined);
  assert.equal(size('Opening X (5 BYTES)', '/d (5 bytes)/y'), undefined);
  assert.equal(size('5 bytes.txt comes', '/5 bytes.txt'), undefined);
  assert.equal(size('Opening x (5 bytes) (12 bytes)', '/x (5 bytes)'), 12);
});
