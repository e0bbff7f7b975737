import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { needTool, skipWithoutPrograms } from '../interop/tool.ts';
import { lockport, NOBODY, serve, temporaryDirectory } from './lockport-process.ts';

const PASSPHRASE = 'a passphrase for tests';
const PASSWORD = 'correct horse battery';

/** A directory with a server's data, a configuration, and a backup that was made while the server ran. */
async function backedUp(context: TestContext, flags = ['--passphrase-stdin']) {
  const directory = await temporaryDirectory(context);
  const config = path.join(directory, 'lockport.yaml');
  await writeFile(config, 'limits:\n  drainMs: 1000\naudit:\n  headEveryMs: 1000\n');
  const dataDir = path.join(directory, 'data');
  const server = await serve(context, dataDir, ['--config', config]);
  await server.firstAccount();
  const place = ['--data-dir', dataDir, '--config', config];
  const added = await lockport(['user', 'add', 'anna', '--password-stdin', ...place], { input: PASSWORD });
  assert.equal(added.code, 0, added.errors);
  const file = path.join(directory, 'backup.age');
  const made = await lockport(['backup', file, ...flags, ...place], { input: PASSPHRASE });
  assert.equal(made.code, 0, made.errors);
  return { directory, dataDir, file, place, server };
}

function restore(file: string, dataDir: string, passphrase = PASSPHRASE) {
  return lockport(['restore', file, '--data-dir', dataDir, '--passphrase-stdin'], { input: passphrase });
}

test('a server is saved while it runs, and served again from another place', async (context) => {
  const { directory, dataDir, file, server } = await backedUp(context);
  const certificate = await readFile(path.join(dataDir, 'tls/certificate.pem'));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.ok(!(await readdir(directory)).some((name) => name.startsWith('.lockport-backup')));
  server.signal('SIGTERM');
  assert.equal(await server.ended(), 0);

  const place = path.join(directory, 'other');
  const restored = await restore(file, place);
  assert.equal(restored.code, 0, restored.errors);
  assert.equal((await stat(place)).mode & 0o777, 0o700);
  assert.deepEqual(await readFile(path.join(place, 'tls/certificate.pem')), certificate);
  assert.match(await readFile(path.join(place, 'restored-configuration/lockport.yaml'), 'utf8'), /drainMs: 1000/);
  assert.deepEqual((await readdir(place)).filter((name) => name !== 'restored-audit').sort(), [
    'audit',
    'lockport.db',
    'restored-configuration',
    'tls',
  ]);

  const again = await serve(context, place);
  await using client = await again.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, 'USER anna');
  await client.expect(230, `PASS ${PASSWORD}`);
});

test('a backup holds what proves the audit trail of before, and the restored server signs with the same key', async (context) => {
  const { directory, dataDir, place, server } = await backedUp(context);
  const trail = ['--dir', path.join(dataDir, 'audit')];
  while (!(await readdir(path.join(dataDir, 'audit'))).includes('heads.jsonl')) await setTimeout(20);
  const file = path.join(directory, 'later.age');
  const made = await lockport(['backup', file, '--passphrase-stdin', ...place], { input: PASSPHRASE });
  assert.equal(made.code, 0, made.errors);
  const { output: key } = await lockport(['audit', 'public-key', ...trail]);
  server.signal('SIGTERM');
  assert.equal(await server.ended(), 0);

  const other = path.join(directory, 'other');
  assert.equal((await restore(file, other)).code, 0);
  const kept = path.join(directory, 'kept.pem');
  await writeFile(kept, key);
  const evidence = ['--heads', path.join(other, 'restored-audit/heads.jsonl'), '--public-key', kept];
  assert.equal((await lockport(['audit', 'verify', ...trail, ...evidence])).code, 0);
  assert.ok((await readdir(path.join(other, 'restored-audit'))).includes('keys.jsonl'));

  const again = await serve(context, other);
  again.signal('SIGTERM');
  assert.equal(await again.ended(), 0);
  const own = ['--dir', path.join(other, 'audit')];
  assert.equal((await lockport(['audit', 'public-key', ...own])).output, key);
  const verified = await lockport(['audit', 'verify', ...own, '--public-key', kept]);
  assert.equal(verified.code, 0, verified.errors);
  // The trail of before is told from the one that took its place.
  const compared = await lockport(['audit', 'verify', ...own, ...evidence]);
  assert.equal(compared.code, 14, compared.output);
  assert.match(compared.output, /begun anew|new-chain/);
});

test('a backup that was altered, cut or locked otherwise restores nothing', async (context) => {
  const { directory, file } = await backedUp(context);
  const whole = await readFile(file);
  const target = path.join(directory, 'target');
  const altered = Buffer.from(whole);
  altered[whole.length - 100] = (whole[whole.length - 100] ?? 0) ^ 1;
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['altered', altered, /nothing was restored/],
    ['cut', whole.subarray(0, -100), /nothing was restored/],
    ['empty', Buffer.alloc(0), /is no backup/],
    ['strange', Buffer.from('no backup at all\n'.repeat(1000)), /is no backup/],
  ];
  for (const [name, bytes, reason] of cases) {
    const broken = path.join(directory, name);
    await writeFile(broken, bytes);
    const outcome = await restore(broken, target);
    assert.equal(outcome.code, 1, name);
    assert.match(outcome.errors, reason);
    await assert.rejects(stat(target), { code: 'ENOENT' });
  }
  const outcome = await restore(file, target, 'another passphrase');
  assert.match(outcome.errors, /does not open/);
  await assert.rejects(stat(target), { code: 'ENOENT' });
});

test('nothing that is there is overwritten', async (context) => {
  const { dataDir, file, place, directory } = await backedUp(context);
  const before = await readFile(file);
  const again = await lockport(['backup', file, '--passphrase-stdin', ...place], { input: PASSPHRASE });
  assert.match(again.errors, /is there already/);
  assert.deepEqual(await readFile(file), before);
  assert.match((await restore(file, dataDir)).errors, /Another Lockport server uses/);
  const used = path.join(directory, 'used');
  await mkdir(used);
  await writeFile(path.join(used, 'file'), '');
  assert.match((await restore(file, used)).errors, /is not empty/);
  assert.deepEqual(await readdir(used), ['file']);
});

test('a short passphrase is refused, and leaves nothing', async (context) => {
  const { directory, place } = await backedUp(context);
  const file = path.join(directory, 'short.age');
  const outcome = await lockport(['backup', file, '--passphrase-stdin', ...place], { input: 'short' });
  assert.match(outcome.errors, /12 characters/);
  await assert.rejects(stat(file), { code: 'ENOENT' });
});

test('other programs of age open a backup that is locked by a public key, and tar reads it', async (context) => {
  await skipWithoutPrograms(context, async () => {
    const age = await needTool('age');
    const tar = await needTool('tar');
    const directory = await temporaryDirectory(context);
    const keys = path.join(directory, 'key');
    const identity = await generateX25519Identity();
    await writeFile(keys, `${identity}\n`);
    const { file } = await backedUp(context, ['--recipient', await identityToRecipient(identity)]);
    const archive = path.join(directory, 'backup.tar.gz');
    await age.run(['--decrypt', '--identity', keys, '--output', archive, file]);
    assert.match(await tar.run(['--list', '--file', archive]), /^lockport\.db\ndata\/tls\/.*\nmanifest\.json\n$/s);
    const outcome = await lockport(['restore', file, '--data-dir', path.join(directory, 'target'), '--identity', keys]);
    assert.equal(outcome.code, 0, outcome.errors);
  });
});

test('a backup by a user who may not read the data says so, and what to do; so does one of a directory without any', async (context) => {
  const { directory, dataDir } = await backedUp(context);
  const backUp = (name: string, place: string, uid?: number) =>
    lockport(['backup', path.join(directory, name), '--passphrase-stdin', '--data-dir', place], {
      input: PASSPHRASE,
      ...(uid !== undefined && { uid }),
    });
  const none = await backUp('none.age', directory);
  assert.equal(none.code, 1);
  assert.match(none.errors, /There is no database of Lockport in .*: name the right place by --data-dir/);
  if (process.getuid?.() !== 0) return context.skip('only root can run it as somebody else');
  const refused = await backUp('other.age', dataDir, NOBODY);
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /lockport\.db may not be read by this user: run this as its owner, or as root/);
});
