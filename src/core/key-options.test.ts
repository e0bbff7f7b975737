import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readKeyOptions, refusalByOptions } from './key-options.ts';

const read = (text: string) => {
  const options = readKeyOptions(text);
  if (typeof options === 'string') assert.fail(options);
  return options;
};

test('the addresses of a key let those in that fit, and none that is excepted', () => {
  const options = read('FROM="192.0.2.0/24,!192.0.2.7,2001:db8::/32"');
  const refused = (address: string) => refusalByOptions(options, address);
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1']) assert.equal(refused(address), undefined);
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7', '198.51.100.1', '', 'localhost'])
    assert.equal(refused(address), 'address', address);
  assert.equal(options.text, 'from="192.0.2.0/24,!192.0.2.7,2001:db8::/32"');
});

test('exceptions alone let nobody in', () => {
  assert.equal(refusalByOptions(read('from="!192.0.2.7"'), '192.0.2.8'), 'address');
});

test('a key that has expired opens nothing, from wherever', () => {
  for (const [value, refused] of [
    ['20200101', 'expired'],
    ['202001011200', 'expired'],
    ['20200101120000Z', 'expired'],
    ['99991231', undefined],
  ] as const) {
    assert.equal(refusalByOptions(read(`expiry-time="${value}"`), '192.0.2.1'), refused, value);
  }
  assert.equal(read('expiry-time="20300102030405Z"').expires?.toISOString(), '2030-01-02T03:04:05.000Z');
  assert.equal(read('expiry-time="20300102"').expires?.getTime(), new Date(2030, 0, 2).getTime());
});

test('what takes away only what nobody has is kept', () => {
  assert.equal(read('restrict,no-pty,no-X11-forwarding').text, 'restrict,no-pty,no-x11-forwarding');
});

test('an option that is not held is refused by its name, and so is each that can not be read', () => {
  for (const [text, problem] of [
    ['command="internal-sftp"', /option command of a key is not known/],
    ['cert-authority', /option cert-authority/],
    ['from="192.0.2.1",environment="A=B"', /option environment/],
    ['from="192.0.2.1",from="192.0.2.2"', /from of a key stands there twice/],
    ['from', /from of a key needs a value/],
    ['no-pty="x"', /no-pty of a key has no value/],
    ['from="*.example.org"', /no names or patterns/],
    ['from=""', /no names or patterns/],
    ['from="192.0.2.1,"', /no names or patterns/],
    ['from="192.0.2.0/33"', /no names or patterns/],
    ['expiry-time="20260231"', /expected a time/],
    ['expiry-time="2026"', /expected a time/],
    ['expiry-time="20260101250000"', /expected a time/],
    ['from="192.0.2.1"no-pty', /can not be read/],
    ['no-pty,', /can not be read/],
    ['from="192.0.2.1', /can not be read/],
    [',', /can not be read/],
  ] as const) {
    const options = readKeyOptions(text);
    assert.ok(typeof options === 'string', text);
    assert.match(options, problem, text);
  }
});
