import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extendedPassiveReply, passiveReply } from './passive-reply.ts';
import { formatReply } from './reply.ts';

test('227 holds the address and the two bytes of the port in parentheses', () => {
  const bytes = formatReply(passiveReply({ address: '192.0.2.7', port: 50_001 }));
  assert.equal(bytes.toString(), '227 Entering Passive Mode (192,0,2,7,195,81).\r\n');
});

test('229 holds the port between bars', () => {
  assert.equal(formatReply(extendedPassiveReply(6446)).toString(), '229 Entering Extended Passive Mode (|||6446|)\r\n');
});
