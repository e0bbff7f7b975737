import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestSftp } from '../../../testing/running-sftp.ts';
import { aliceBySftp } from '../../sftp/sftp-fixture.test.ts';
import { examine } from '../examine.ts';
import type { Finding } from '../finding.ts';
import { algorithms } from './algorithms.ts';

const verdicts = (findings: readonly Finding[]) => new Map(findings.map(({ check, verdict }) => [check, verdict]));

test('an SFTP server of ours has nothing wrong, and nothing is left on it', async () => {
  await using server = await startTestSftp();
  const findings = await Array.fromAsync(examine(aliceBySftp(server), {}, { mayWrite: true }));
  assert.deepEqual(Object.fromEntries(verdicts(findings)), {
    connect: 'good',
    greeting: 'note',
    algorithms: 'good',
    terrapin: 'good',
    'host-key': 'warning',
    ssh: 'good',
    login: 'good',
    extensions: 'good',
    listing: 'good',
    upload: 'good',
    clock: 'good',
  });
  const stored = server.events.filter(({ event }) => event === 'file.changed');
  assert.ok(stored.length > 0);
});

test('a server that is not trusted is looked at as far as no password is needed', async () => {
  await using server = await startTestSftp();
  const findings = await Array.fromAsync(examine(aliceBySftp(server, { ssh: {} })));
  const last = findings.at(-1);
  assert.deepEqual([last?.check, last?.verdict], ['host-key', 'bad']);
  assert.match(String(last?.facts?.['pin']), /^SHA256:/);
});

test('weak algorithms and what Terrapin needs are named', () => {
  const offer = {
    software: 'Old_1',
    keyExchanges: ['curve25519-sha256', 'diffie-hellman-group14-sha1'],
    hostKeys: ['ssh-ed25519', 'ssh-rsa'],
    ciphers: ['aes128-ctr', 'aes128-cbc'],
    macs: ['hmac-sha2-256', 'hmac-sha1'],
    connectMs: 1,
  };
  const [weak, terrapin] = [...algorithms(offer)];
  assert.deepEqual(weak?.facts?.['weak'], ['diffie-hellman-group14-sha1', 'ssh-rsa', 'aes128-cbc', 'hmac-sha1']);
  assert.equal(terrapin?.verdict, 'warning');
  const modern = { ...offer, keyExchanges: ['curve25519-sha256', 'kex-strict-s-v00@openssh.com'] };
  assert.equal([...algorithms(modern)][1]?.verdict, 'good');
});
