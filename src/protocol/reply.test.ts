import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeText } from '../core/index.ts';
import { formatFirstLine, formatInnerLine, formatReply, multiline, quoted, reply } from './reply.ts';

const wire = (bytes: Buffer) => bytes.toString('latin1');

test('a reply of one line is its code, a space, its text and CRLF', () => {
  assert.equal(wire(formatReply(reply(220, 'Ready'))), '220 Ready\r\n');
});

test('several lines have a dash at first, a space before each line within, and the code again at last', () => {
  const feat = multiline(211, 'Features:', ['UTF8', 'SIZE'], 'End');
  assert.equal(wire(formatReply(feat)), '211-Features:\r\n UTF8\r\n SIZE\r\n211 End\r\n');
  assert.equal(wire(formatReply(multiline(214, 'Nothing', [], 'End'))), '214-Nothing\r\n214 End\r\n');
});

test('a reply made line by line is the same as one made at once', () => {
  const lines = ['a', '200 b'];
  const parts = [
    formatFirstLine(213, 'S'),
    ...lines.map((line) => formatInnerLine(line)),
    formatReply(reply(213, 'E')),
  ];
  assert.deepEqual(Buffer.concat(parts), formatReply(multiline(213, 'S', lines, 'E')));
});

test('control characters and those that turn the direction of text are replaced', () => {
  const text = 'a\r\n220 b\0c\x1b[31md\x7fe\u0085f\u009bg\u202eh\u2066i\u2028j\tk';
  assert.equal(formatReply(reply(550, text)).toString(), '550 a??220 b?c?[31md?e?f?g?h?i?j\tk\r\n');
});

test('names that are not UTF-8 travel as their bytes, with a byte 255 doubled', () => {
  const path = decodeText(Buffer.from('/\xff\xfc\xff', 'latin1'));
  assert.equal(wire(formatReply(reply(257, quoted(path)))), '257 "/\xff\xff\xfc\xff\xff"\r\n');
});

test('a path is quoted with its double quotes doubled', () => {
  assert.equal(quoted('/a"b""'), '"/a""b"""""');
});

test('whatever a reply says, a client finds its one end', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('211 End', '211-x', '\n211 x', '211', '\r\n211 x\r\n'),
  );
  fc.assert(
    fc.property(line, fc.array(line), line, (first, within, last) => {
      const lines = wire(formatReply(multiline(211, first, within, last))).split('\r\n');
      assert.equal(lines.length, within.length + 3);
      assert.equal(
        lines.findIndex((text) => /^\d{3} /.test(text)),
        within.length + 1,
      );
      assert.ok(lines.slice(1, -2).every((text) => !/^\d/.test(text)));
      assert.ok(lines.every((text) => !/[\0\r\n]/.test(text)));
    }),
  );
});
