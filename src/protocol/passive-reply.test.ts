import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { extendedPassiveReply, parseExtendedPassiveReply, parsePassiveReply, passiveReply } from './passive-reply.ts';
import { formatReply, reply } from './reply.ts';

test('227 holds the address and the two bytes of the port in parentheses', () => {
  const bytes = formatReply(passiveReply({ address: '192.0.2.7', port: 50_001 }));
  assert.equal(bytes.toString(), '227 Entering Passive Mode (192,0,2,7,195,81).\r\n');
});

test('229 holds the port between bars', () => {
  assert.equal(formatReply(extendedPassiveReply(6446)).toString(), '229 Entering Extended Passive Mode (|||6446|)\r\n');
});

test('a 227 is read wherever its six numbers stand', () => {
  const texts = [
    'Entering Passive Mode (192,0,2,7,4,1).',
    'Entering Passive Mode 192,0,2,7,4,1',
    'Entering Passive Mode. 192, 0, 2, 7, 4, 1',
    '=192,0,2,7,4,1',
    'Passive mode 2, host 1,2 (192,0,2,7,004,001)',
  ];
  for (const text of texts)
    assert.deepEqual(parsePassiveReply(reply(227, text)), { address: '192.0.2.7', port: 1025 }, text);
});

test('a 227 without six bytes and a port is not understood', () => {
  const texts = [
    '',
    'ok',
    '(1,2,3,4,5)',
    '(256,0,0,1,4,1)',
    '(1192,0,2,7,4,1)',
    '(1,2,3,4,0,0)',
    '(1,2,3,4,5,1000)',
    '(1.2.3.4,5,6)',
    '(1,2,3,4,-5,6)',
  ];
  for (const text of texts) assert.equal(parsePassiveReply(reply(227, text)), undefined, text);
  assert.equal(parsePassiveReply(reply(200, '(192,0,2,7,4,1)')), undefined);
});

test('a 229 is read with any delimiter, four times the same', () => {
  const texts = ['Entering (|||6446|)', '(!!!6446!)', 'ok |||6446|', 'mode (1) (|||6446|)'];
  for (const text of texts) assert.equal(parseExtendedPassiveReply(reply(229, text)), 6446, text);
  for (const text of [
    '',
    '6446',
    '(||6446|)',
    '(|||6446!)',
    '(|||0|)',
    '(|||65536|)',
    '(|||644600|)',
    '(|||-1|)',
    '11164461',
  ]) {
    assert.equal(parseExtendedPassiveReply(reply(229, text)), undefined, text);
  }
  assert.equal(parseExtendedPassiveReply(reply(227, '(|||6446|)')), undefined);
});

test('what is formatted is read as itself', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(fc.ipV4(), port, (address, port) => {
      assert.deepEqual(parsePassiveReply(passiveReply({ address, port })), { address, port });
      assert.equal(parseExtendedPassiveReply(extendedPassiveReply(port)), port);
    }),
  );
});
