import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CharsetFailure, charset } from './charset.ts';

const SAMPLES: readonly (readonly [label: string, text: string, hex: string])[] = [
  ['utf8', 'zażółć ✓ 😀', '7a61c5bcc3b3c582c48720e29c9320f09f9880'],
  ['latin1', 'Übergröße', 'dc626572677266f6df65'.replace('7266', '72')],
  ['windows-1252', 'naïve – façade', '6e61ef766520962066 61e7616465'.replace(' ', '')],
  ['Shift_JIS', '髙橋のテスト～', 'fbfc8bb482cc8365 83588367 8160'.replaceAll(' ', '')],
  ['sjis', '表示ｱ\\', '95 5c 8e a6 b1 5c'.replaceAll(' ', '')],
  ['gbk', '中文，€', 'd6d0cec4a3ac80'],
  ['big5', '中文許功蓋', 'a4a4a4e5b35ca55cbb5c'],
  ['euc-kr', '한글', 'c7d1b1db'],
  ['euc-jp', '日本ｱ', 'c6fccbdc8eb1'],
  ['koi8-r', 'Привет', 'f0d2c9d7c5d4'],
  ['windows-1251', 'Привет', 'cff0e8e2e5f2'],
  ['iso-8859-2', 'żółw', 'bff3b377'],
];

for (const [label, text, hex] of SAMPLES) {
  test(`${label} is read and written: ${text}`, () => {
    const { decode, encode } = charset(label);
    assert.equal(encode(text).toString('hex'), hex);
    assert.equal(decode(Buffer.from(hex, 'hex')), text);
  });
}

const LABELS = [
  'utf-8',
  'latin1',
  'windows-1257',
  'shift_jis',
  'gbk',
  'gb18030',
  'big5',
  'euc-kr',
  'euc-jp',
  'koi8-r',
  'macintosh',
  'windows-874',
];

for (const label of LABELS) {
  test(`${label}: whatever bytes come, the same go back`, () => {
    const { decode, encode } = charset(label);
    const bytes = fc.uint8Array({ maxLength: 24 });
    fc.assert(fc.property(bytes, (bytes) => assert.deepEqual(encode(decode(bytes)), Buffer.from(bytes))));
    const every = Buffer.from(Array.from({ length: 65_536 }, (_, code) => [0x41, code >> 8, code & 0xff, 0x0a]).flat());
    assert.ok(encode(decode(every)).equals(every));
  });

  test(`${label}: ASCII is ASCII, and nothing else is written as an ASCII byte that ends or parts a path`, () => {
    const { decode } = charset(label);
    const ascii = Buffer.from(Array.from({ length: 0x80 }, (_, code) => code));
    assert.equal(decode(ascii), ascii.toString('latin1'));
    const parting = (text: string) => text.replace(/[^\0\n\r/]/g, '');
    const wrong = Array.from({ length: 65_536 }, (_, code) => Buffer.of(code >> 8, code & 0xff)).filter(
      (bytes) => parting(decode(bytes)) !== parting(bytes.toString('latin1')),
    );
    assert.deepEqual(wrong, []);
  });
}

test('bytes that are no text become one lone surrogate each', () => {
  assert.equal(charset('shift_jis').decode(Buffer.from('41ff', 'hex')), 'A\udcff');
  assert.equal(charset('gbk').decode(Buffer.from('ff2f81', 'hex')), '\udcff/\udc81');
});

test('a character that has no bytes is refused by its number', () => {
  const { encode } = charset('koi8-r');
  for (const [text, shown] of [
    ['a中', 'U+4E2D'],
    ['😀', 'U+1F600'],
    ['\ud800', 'U+D800'],
    ['\udc40', 'U+DC40'],
  ] as const) {
    assert.throws(
      () => encode(text),
      (error) => error instanceof CharsetFailure && error.code === 'unencodable' && error.message.includes(shown),
    );
  }
});

test('an unknown label is refused with examples, and so is what is no superset of ASCII', () => {
  for (const label of [
    '',
    'klingon',
    'utf-7',
    'iso-2022-kr',
    'utf-16le',
    'utf-16be',
    'iso-2022-jp',
    'x'.repeat(1000),
  ]) {
    assert.throws(
      () => charset(label),
      (error) =>
        error instanceof CharsetFailure &&
        error.code === 'unknown' &&
        error.message.includes('shift_jis') &&
        error.message.length < 200,
      label,
    );
  }
});
