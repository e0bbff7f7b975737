import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostName, languageTag } from './host.ts';

test('HOST takes a domain, an IPv4 address, and an IPv6 address in brackets, and lower-cases them', () => {
  assert.equal(hostName.parse('FTP.Example.COM'), 'ftp.example.com');
  for (const host of [
    'localhost',
    'a-b.example',
    'my_host',
    'xn--bcher-kva.example',
    '1a.example',
    '192.0.2.1',
    '[2001:db8::1]',
  ]) {
    assert.equal(hostName.parse(host), host);
  }
});

test('HOST refuses a port and whatever is no host', () => {
  const refused = [
    '',
    'example.com:21',
    '[::1]:21',
    '::1',
    '[::1',
    '[fe80::1%eth0]',
    '[192.0.2.1]',
    '192.0.2',
    '192.0.2.256',
    '1.2.3.4.5',
    'a..b',
    '.a',
    'a.',
    '-a',
    'a-',
    'a b',
    'a\0',
    'bücher.example',
    'a/b',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}aa`,
  ];
  for (const argument of refused) assert.throws(() => hostName.parse(argument), { code: 501 }, argument);
});

test('LANG takes a language tag or nothing', () => {
  for (const tag of ['', 'en', 'EN-gb', 'zh-Hant-TW']) assert.equal(languageTag.parse(tag), tag);
  for (const argument of ['e n', '1', 'en-', 'en_GB', 'toolonglang', '-en']) {
    assert.throws(() => languageTag.parse(argument), { code: 501 }, argument);
  }
});
