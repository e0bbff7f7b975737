import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { RawSsh } from '../../src/testing/raw-sftp.ts';
import { makeKeyPair } from '../../src/testing/running-sftp.ts';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

for (const workers of ['1', '2']) {
  test(`a served key signs in over SFTP, is shown, kicked and taken away (workers: ${workers})`, async (context) => {
    const dataDir = join(await temporaryDirectory(context), 'data');
    const server = await serve(context, dataDir, ['--sftp-port', '0', '--workers', workers]);
    const port = server.port('sftp');
    assert.ok(port > 0);
    await server.firstAccount();
    const place = ['--data-dir', dataDir];
    const { privateKey, line } = await makeKeyPair();

    const added = await lockport(['user', 'key', 'add', 'admin', line, ...place]);
    assert.equal(added.code, 0, added.errors);
    const listed = await lockport(['user', 'key', 'list', 'admin', ...place]);
    const [fingerprint = ''] = listed.output.split(' ');
    assert.match(fingerprint, /^SHA256:/);
    assert.ok(added.output.startsWith(fingerprint));
    assert.equal((await lockport(['user', 'key', 'add', 'admin', line, ...place])).code, 2);

    const shown = await lockport(['host-key', 'show', ...place]);
    const notices = server.log.filter(({ message }) => String(message).startsWith('Host key of SFTP'));
    assert.equal(notices.length, 2);
    for (const { message } of notices) assert.ok(shown.output.includes(String(message).split(' ').at(-1) ?? '?'));

    assert.equal((await lockport(['host-key', 'rotate', ...place])).code, 1);
    const next = await lockport(['host-key', 'next', ...place]);
    assert.equal((await lockport(['host-key', 'next', ...place])).output, next.output);
    assert.equal((await lockport(['host-key', 'show', ...place])).output, shown.output);
    assert.equal((await lockport(['host-key', 'rotate', ...place])).code, 0);
    const rotated = await lockport(['host-key', 'show', ...place]);
    assert.equal(rotated.output, next.output.replaceAll('next_', 'host_'));

    const unknown = await lockport(['user', 'key', 'add', 'admin', `command="x" ${line}`, ...place]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.errors, /option command of a key is not known/);
    const far = await makeKeyPair();
    const held = await lockport(['user', 'key', 'add', 'admin', `from="192.0.2.0/24" ${far.line}`, ...place]);
    assert.match(held.output, /held to from="192.0.2.0\/24"/);
    assert.match((await lockport(['user', 'key', 'list', 'admin', ...place])).output, /\(from="192.0.2.0\/24"\)/);
    await assert.rejects(RawSsh.connect({ port, username: 'admin', privateKey: far.privateKey }));

    const ssh = await RawSsh.connect({ port, username: 'admin', privateKey });
    const sftp = await ssh.sftp();
    assert.equal(await sftp.status({ kind: 'mkdir', path: '/made', attributes: {} }), 0);
    const { output } = await lockport(['sessions', '--json', ...place]);
    const session = JSON.parse(output).sessions.find((each: { protocol: string }) => each.protocol === 'sftp');
    assert.deepEqual([session.account, session.mode], ['admin', 'sftp']);
    const kicked = await lockport(['kick', session.session, ...place]);
    assert.equal(kicked.code, 0, kicked.errors);
    await ssh.closed;

    const removed = await lockport(['user', 'key', 'remove', 'admin', fingerprint, ...place]);
    assert.equal(removed.code, 0, removed.errors);
    await assert.rejects(RawSsh.connect({ port, username: 'admin', privateKey }));

    const searched = await lockport(['audit', 'search', '--json', ...place]);
    assert.match(searched.output, /session\.keys-exchanged/);
    assert.ok(searched.output.includes(fingerprint));
    assert.match(searched.output, /the key may not be used from there \(from\)/);
  });
}

test('a server whose host key is no key says so, and does not start', async (context) => {
  const dataDir = join(await temporaryDirectory(context), 'data');
  const first = await serve(context, dataDir, ['--sftp-port', '0']);
  first.signal('SIGTERM');
  await first.ended();
  await writeFile(join(dataDir, 'ssh', 'host_ed25519'), 'no key');
  const { code, errors } = await lockport([
    'serve',
    '--data-dir',
    dataDir,
    '--sftp-port',
    '0',
    '--explicit-port',
    '0',
    '--implicit-port',
    '0',
  ]);
  assert.notEqual(code, 0);
  assert.match(errors, /host_ed25519: is no private key of SSH/);
});
