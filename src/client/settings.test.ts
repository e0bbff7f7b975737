import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError } from './errors.ts';
import { settingsOf } from './settings.ts';

test('a host alone means explicit TLS on port 21 with data in TLS', () => {
  const { port, security, dataProtection, user, sessionReuse } = settingsOf({ host: 'host' });
  assert.deepEqual(
    { port, security, dataProtection, user, sessionReuse },
    { port: 21, security: 'explicit', dataProtection: 'private', user: 'anonymous', sessionReuse: 'prefer' },
  );
});

test('implicit TLS has port 990', () => assert.equal(settingsOf('ftps://host').port, 990));

test('the path of a URL is the directory, and options win over the URL', () => {
  const settings = settingsOf('ftpes://anna@host:1/in', { port: 2, user: 'bert' });
  assert.deepEqual([settings.directory, settings.port, settings.user], ['in', 2, 'bert']);
});

for (const [what, make] of [
  ['a URL in clear', () => settingsOf('ftp://host')],
  ['clear security', () => settingsOf({ host: 'host', security: 'clear' })],
  ['clear data', () => settingsOf({ host: 'host', dataProtection: 'clear' })],
  ['a URL in clear with the permission withheld', () => settingsOf('ftp://host', { allowClear: false })],
] as const) {
  test(`${what} needs a permission of its own`, () => {
    assert.throws(make, (error) => error instanceof ClientError && error.code === 'clear-text-refused');
  });
}

test('clear text is taken where it is permitted', () => {
  assert.equal(settingsOf('ftp://host', { allowClear: true }).dataProtection, 'clear');
  assert.equal(settingsOf({ host: 'host', dataProtection: 'clear', allowClear: true }).security, 'explicit');
});

test('an encoding that nobody knows is refused', () => {
  assert.throws(
    () => settingsOf({ host: 'host', encoding: 'klingon' }),
    (error) => error instanceof ClientError && error.code === 'invalid-argument',
  );
});

test('a missing password fails when it is asked for, and anonymous has one', async () => {
  await assert.rejects(settingsOf({ host: 'h', user: 'anna' }).password(), { code: 'login-refused' });
  assert.equal(await settingsOf({ host: 'h' }).password(), 'anonymous@');
  assert.equal(await settingsOf({ host: 'h', user: 'anna', password: async () => 'later' }).password(), 'later');
});
