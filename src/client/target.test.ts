import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError } from './errors.ts';
import { parseTarget } from './target.ts';

const readings: readonly (readonly [string, ReturnType<typeof parseTarget>])[] = [
  ['ftpes://host', { security: 'explicit', host: 'host', path: '' }],
  ['ftps://host:2990/', { security: 'implicit', host: 'host', port: 2990, path: '' }],
  ['ftp://anna@host/in', { security: 'clear', host: 'host', user: 'anna', path: 'in' }],
  [
    'ftpes://a%40b:p%3A%2Fw@host/in/out.txt',
    { security: 'explicit', host: 'host', user: 'a@b', password: 'p:/w', path: 'in/out.txt' },
  ],
  ['ftpes://host//etc/x', { security: 'explicit', host: 'host', path: '/etc/x' }],
  ['ftpes://host/%2Fetc', { security: 'explicit', host: 'host', path: '/etc' }],
  ['ftpes://host/a%20b%C3%BC/ü', { security: 'explicit', host: 'host', path: 'a bü/ü' }],
  ['ftpes://host/why?.txt', { security: 'explicit', host: 'host', path: 'why?.txt' }],
  ['ftpes://host/no#1.pdf', { security: 'explicit', host: 'host', path: 'no#1.pdf' }],
  ['ftpes://[::1]:2121/x', { security: 'explicit', host: '::1', port: 2121, path: 'x' }],
  ['ftpes://münchen.example/', { security: 'explicit', host: 'xn--mnchen-3ya.example', path: '' }],
  ['sftp://me@host:2222/in', { security: 'ssh', host: 'host', port: 2222, user: 'me', path: 'in' }],
  ['ftpes://host/%FF', { security: 'explicit', host: 'host', path: '\udcff' }],
];

for (const [text, expected] of readings) {
  test(`${text} is read`, () => assert.deepEqual(parseTarget(text), expected));
}

for (const text of ['host', 'host/path', 'http://host/', 'scp://host', 'ftpes://', 'ftpes:///path', '']) {
  test(`"${text}" is refused, with the form that is expected`, () => {
    assert.throws(
      () => parseTarget(text),
      (error) =>
        error instanceof ClientError && error.code === 'invalid-argument' && error.message.includes('ftpes://'),
    );
  });
}

test('a password in a URL that is no good is not in the message', () => {
  assert.throws(
    () => parseTarget('http://anna:s3cret@host/'),
    (error) => error instanceof ClientError && !error.message.includes('s3cret'),
  );
});

test('a path is what was written, so that it is that of no other file', () => {
  for (const path of ['a/b/..', 'a/.', 'a ', ' a', 'a\t', 'a\nb', 'a\\..', 'a\\b']) {
    for (const scheme of ['ftpes', 'ftp']) assert.equal(parseTarget(`${scheme}://h/${path}`).path, path);
  }
  assert.equal(parseTarget('ftpes://h/a/%2e%2e').path, 'a/..');
  assert.throws(() => parseTarget('ftp://h\\a/b'), ClientError);
});
