import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extendedHostPort, extendedPassive, hostPort } from './host-port.ts';

test('PORT is six bytes, of which the last two are the port', () => {
  assert.deepEqual(hostPort.parse('132,235,1,2,24,131'), { address: '132.235.1.2', port: 6275 });
});

test('PORT refuses anything but six plain bytes and a port', () => {
  const refused = [
    '',
    '1,2,3,4,5',
    '1,2,3,4,5,6,7',
    '1,2,3,4,5,256',
    '-1,2,3,4,5,6',
    '1,2,3,4,5,',
    ' 1,2,3,4,5,6',
    '1,2,3,4,5,6 ',
    '01,2,3,4,5,6',
    '1,2,3,4,0,0',
    '0x1,2,3,4,5,6',
    '1e1,2,3,4,5,6',
    '١,2,3,4,5,6',
  ];
  for (const argument of refused) assert.throws(() => hostPort.parse(argument), { code: 501 }, argument);
});

test('EPRT names a protocol, an address and a port between any printable character', () => {
  assert.deepEqual(extendedHostPort.parse('|1|132.235.1.2|6275|'), { address: '132.235.1.2', port: 6275 });
  const address = '1080::8:800:200C:417A';
  assert.deepEqual(extendedHostPort.parse(`|2|${address}|5282|`), { address, port: 5282 });
  assert.deepEqual(extendedHostPort.parse(`~2~${address}~5282~`), { address, port: 5282 });
  assert.deepEqual(extendedHostPort.parse('!1!192.0.2.1!21!'), { address: '192.0.2.1', port: 21 });
});

test('EPRT with another protocol says which ones there are', () => {
  for (const argument of ['|3|x|1|', '|0|192.0.2.1|21|', '|01|192.0.2.1|21|']) {
    assert.throws(() => extendedHostPort.parse(argument), { code: 522, message: /\(1,2\)$/ }, argument);
  }
});

test('EPRT refuses an address of the other protocol, a zone, a bad port and a bad frame', () => {
  const refused = [
    '',
    '|',
    '|1|192.0.2.1|21',
    '1|192.0.2.1|21|',
    '|1|192.0.2.1|21||',
    '|1|192.0.2.1|21|x',
    '|1|::1|21|',
    '|2|192.0.2.1|21|',
    '|2|fe80::1%eth0|21|',
    '|1|192.0.2.1|0|',
    '|1|192.0.2.1|65536|',
    '|1|192.0.2.1|+21|',
    '|1|192.0.2|21|',
    '|x|192.0.2.1|21|',
    ' 1 192.0.2.1 21 ',
    '\x7f1\x7f192.0.2.1\x7f21\x7f',
    '||192.0.2.1|21|',
  ];
  for (const argument of refused) assert.throws(() => extendedHostPort.parse(argument), { code: 501 }, argument);
});

test('EPSV takes nothing, the number of a protocol, or ALL in any case', () => {
  assert.deepEqual(
    ['', '1', '2', '5', 'all'].map((argument) => extendedPassive.parse(argument)),
    ['any', 1, 2, 5, 'all'],
  );
  for (const argument of ['x', '1 ', '-1', 'ALL 1'])
    assert.throws(() => extendedPassive.parse(argument), { code: 501 }, argument);
});
