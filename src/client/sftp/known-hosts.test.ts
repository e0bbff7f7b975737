import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type KnownHostsFiles, knownHostsFiles } from './known-hosts-file.ts';
import { directory } from './sftp-fixture.test.ts';

const KEY = { type: 'ssh-ed25519', base64: 'AAAA', fingerprint: 'SHA256:x' };

async function filesOf(path: string, text: string): Promise<KnownHostsFiles> {
  const file = join(path, 'known_hosts');
  await writeFile(file, text);
  return knownHostsFiles([file, join(path, 'missing')]);
}

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdef0123');
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
}

test('lines of known hosts are found by name, pattern, port and hash, with their markers', async () => {
  await using scratch = await directory();
  const hosts = await filesOf(
    scratch.path,
    [
      '# a remark',
      'plain.example,192.0.2.1 ssh-ed25519 AAAA somebody',
      '[plain.example]:2222 ssh-ed25519 BBBB',
      '*.wild.example,!bad.wild.example ssh-rsa CCCC',
      `${hashed('hidden.example')} ecdsa-sha2-nistp256 DDDD`,
      `${hashed('[hidden.example]:2222')} ecdsa-sha2-nistp256 EEEE`,
      '@revoked * ssh-ed25519 FFFF',
      '@cert-authority *.signed.example ssh-ed25519 GGGG',
      '@unheard-of plain.example ssh-ed25519 HHHH',
      'short',
      '',
    ].join('\n'),
  );
  const find = async (host: string, port = 22) =>
    (await hosts.find(host, port))
      .filter(({ base64 }) => base64 !== 'FFFF')
      .map(({ marker, base64 }) => `${marker} ${base64}`);
  assert.deepEqual(await find('PLAIN.example'), ['known AAAA']);
  assert.deepEqual(await find('192.0.2.1'), ['known AAAA']);
  assert.deepEqual(await find('plain.example', 2222), ['known BBBB']);
  assert.deepEqual(await find('a.wild.example'), ['known CCCC']);
  assert.deepEqual(await find('bad.wild.example'), []);
  assert.deepEqual(await find('hidden.example'), ['known DDDD']);
  assert.deepEqual(await find('hidden.example', 2222), ['known EEEE']);
  assert.deepEqual(await find('a.signed.example'), ['authority GGGG']);
  assert.deepEqual(await find('other.example'), []);
  const [revoked] = await hosts.find('other.example', 22);
  assert.ok(revoked?.marker === 'revoked' && revoked.where.endsWith('known_hosts, line 7'));
});

test('a key is kept in a line of its own, also behind a line without an end, and found again', async () => {
  await using scratch = await directory();
  const hosts = await filesOf(scratch.path, 'one.example ssh-rsa AAAA');
  await hosts.keep('two.example', 22, KEY);
  await hosts.keep('two.example', 2022, KEY);
  assert.equal(
    await readFile(join(scratch.path, 'known_hosts'), 'utf8'),
    'one.example ssh-rsa AAAA\ntwo.example ssh-ed25519 AAAA\n[two.example]:2022 ssh-ed25519 AAAA\n',
  );
  assert.equal((await hosts.find('two.example', 2022)).length, 1);
});
