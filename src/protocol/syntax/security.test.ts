import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authMechanism, protectionLevel } from './security.ts';

test('PROT takes C and P; S and E exist but not over TLS; others do not exist', () => {
  assert.deepEqual(
    ['C', 'p'].map((argument) => protectionLevel.parse(argument)),
    ['clear', 'private'],
  );
  for (const argument of ['S', 'e']) assert.throws(() => protectionLevel.parse(argument), { code: 536 });
  for (const argument of ['X', 'PP', 'SE']) assert.throws(() => protectionLevel.parse(argument), { code: 504 });
  assert.throws(() => protectionLevel.parse(''), { code: 501 });
});

test('AUTH takes TLS, TLS-C and SSL in any case, and no other mechanism', () => {
  for (const argument of ['TLS', 'tls-c', 'Ssl']) assert.equal(authMechanism.parse(argument), 'tls');
  for (const argument of ['GSSAPI', 'TLS ', 'TLS-P']) assert.throws(() => authMechanism.parse(argument), { code: 504 });
  assert.throws(() => authMechanism.parse(''), { code: 501 });
});
