import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encodeText } from '../core/index.ts';
import { charset } from './charset.ts';
import { formatCommandLine, isMalformed, looksLikeHttp, parseCommandLine } from './command-line.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

test('a verb is read in any case, and only the one space behind it is taken away', () => {
  assert.deepEqual(parseCommandLine(bytes('noop')), { verb: 'NOOP', argument: '' });
  assert.deepEqual(parseCommandLine(bytes('RETR a b')), { verb: 'RETR', argument: 'a b' });
  assert.deepEqual(parseCommandLine(bytes('Retr   a ')), { verb: 'RETR', argument: '  a ' });
  assert.deepEqual(parseCommandLine(bytes('XSHA256 "a\\')), { verb: 'XSHA256', argument: '"a\\' });
});

test('an argument is UTF-8, and bytes that are not survive', () => {
  assert.deepEqual(parseCommandLine(Buffer.from('CWD Grüße')), { verb: 'CWD', argument: 'Grüße' });
  const latin1 = parseCommandLine(bytes('CWD Gr\xfc\xdfe'));
  assert.ok(!isMalformed(latin1));
  assert.deepEqual(encodeText(latin1.argument), bytes('Gr\xfc\xdfe'));
});

test('what is no command is refused, with a text that repeats none of it', () => {
  const refused = [
    '',
    ' ',
    ' NOOP',
    'NO\0OP',
    'RETR a\0',
    'RETR a\rb',
    'RETR a\nb',
    'N\xd6\xd6P',
    'ABCDEFGHI',
    '1ABC',
    'A-B',
    'A\tb',
    '<b>',
    'A\x1b[m',
  ];
  for (const line of refused) {
    const result = parseCommandLine(bytes(line));
    assert.ok(isMalformed(result), JSON.stringify(line));
    assert.match(result.malformed, /^[A-Za-z, ]+$/);
  }
});

test('a dotless or long s does not turn into an ASCII letter', () => {
  for (const verb of ['lıst', 'liſt', 'LİST']) assert.ok(isMalformed(parseCommandLine(Buffer.from(verb))));
});

test('an ABOR behind the rest of a Telnet interrupt is understood', () => {
  for (const line of ['\xf2ABOR', '\xf4ABOR', '\xf4\xf2ABOR']) {
    assert.deepEqual(parseCommandLine(bytes(line)), { verb: 'ABOR', argument: '' });
  }
});

test('any bytes give a command or a refusal, and a command that is put together again gives itself', () => {
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .string({
        unit: fc.constantFrom('A', 'z', '9', ' ', '"', '\\', '\0', '\r', '\n', '\xff', '\xf4', '\x80'),
        maxLength: 20,
      })
      .map(bytes),
  );
  fc.assert(
    fc.property(line, (sent) => {
      const result = parseCommandLine(Buffer.from(sent));
      if (isMalformed(result)) return;
      assert.match(result.verb, /^[A-Z][A-Z0-9]{0,7}$/);
      const again = Buffer.concat([Buffer.from(`${result.verb} `), encodeText(result.argument)]);
      assert.deepEqual(parseCommandLine(again), result);
      assert.doesNotMatch(result.argument, /[\0\r\n]/);
    }),
    { numRuns: 3000 },
  );
});

test('the first line or a header of an HTTP request is recognised', () => {
  const http = [
    'GET / HTTP/1.1',
    'POST /x HTTP/1.1',
    'PUT / HTTP/1.1',
    'HEAD / HTTP/1.0',
    'OPTIONS * HTTP/1.1',
    'DELETE /a HTTP/1.1',
    'PATCH / HTTP/1.1',
    'TRACE / HTTP/1.1',
    'CONNECT a:21 HTTP/1.1',
    'PRI * HTTP/2.0',
    'get /',
    'Host: files.example',
    'User-Agent: x',
    'Content-Length:5',
  ];
  for (const line of http) assert.ok(looksLikeHttp(bytes(line)), line);
});

test('FTP commands are not taken for HTTP', () => {
  for (const line of [
    'DELE a',
    'dele GET',
    'USER a:b',
    'PASS Host: x',
    'CWD C:',
    'PUTX',
    'OPTS UTF8 ON',
    'HOST files.example',
    '',
    'STAT',
    ':x',
    ' GET /',
  ]) {
    assert.ok(!looksLikeHttp(bytes(line)), line);
  }
});

test('a command that is written is read as what it was, whatever its argument is', () => {
  const argument = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(' ', '  a ', 'Grüße'));
  fc.assert(
    fc.property(argument, (given) => {
      fc.pre(!/[\0\r\n]/.test(given) && given.isWellFormed());
      const line = formatCommandLine(`RETR ${given}`, charset('utf-8'));
      assert.deepEqual(line.subarray(-2), bytes('\r\n'));
      assert.deepEqual(parseCommandLine(line.subarray(0, -2)), { verb: 'RETR', argument: given });
    }),
  );
});

test('what would end a command early is never written', () => {
  for (const mark of ['\0', '\r', '\n', '\r\n']) {
    assert.throws(() => formatCommandLine(`RETR a${mark}DELE b`, charset('utf-8')), { name: 'SyntaxFailure' });
  }
});
