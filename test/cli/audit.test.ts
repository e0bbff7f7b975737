import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { codesOf, done, exchange, fileFrames, request } from '../bundle/raw-bundle.ts';
import { PASSWORD, startWorkers, type Workers } from '../workers/workers.ts';
import { lockport } from './lockport-process.ts';

type AuditRecord = Readonly<Record<string, unknown>>;

async function recordsIn(dataDir: string): Promise<readonly AuditRecord[]> {
  const directory = join(dataDir, 'audit');
  const names = (await readdir(directory)).filter((name) => /^\d+\.jsonl$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** A server that was used, and has ended. */
async function usedServer(context: TestContext, workers: number): Promise<Workers> {
  const running = await startWorkers(context, { workers });
  {
    await using stranger = await running.connect();
    await stranger.expect(220);
    await stranger.expect(234, 'AUTH TLS');
    await stranger.secure();
    await stranger.expect(331, 'USER alice');
    await stranger.expect(530, 'PASS wrong');
  }
  await using client = await running.signIn();
  await client.upload('STOR report.txt', 'twelve bytes');
  await client.expect(350, 'RNFR report.txt');
  await client.expect(250, 'RNTO final.txt');
  await client.expect(550, 'RETR absent.txt');
  await client.expect(250, 'DELE final.txt');
  await client.expect(221, 'QUIT');
  running.server.signal('SIGTERM');
  assert.equal(await running.server.ended(), 0);
  return running;
}

for (const workers of [1, 2]) {
  test(`a server records who did what, from where, over which TLS, with which outcome (workers: ${workers})`, async (context) => {
    const { server } = await usedServer(context, workers);
    const records = await recordsIn(server.dataDir);
    const find = (event: string, fields: AuditRecord = {}) =>
      records.find(
        (record) => record['event'] === event && Object.entries(fields).every(([key, value]) => record[key] === value),
      ) ?? assert.fail(`no ${event} with ${JSON.stringify(fields)} in ${JSON.stringify(records, undefined, 1)}`);
    find('service.started');
    find('listening', { mode: 'explicit' });
    const failed = find('login.failed', { user: 'alice', outcome: 'failure', address: '127.0.0.1' });
    assert.equal(failed['account'], undefined);
    const { session } = find('login.succeeded', {
      account: 'alice',
      user: 'alice',
      outcome: 'success',
      method: 'password',
    });
    find('session.secured', { session });
    const stored = find('transfer.finished', {
      session,
      account: 'alice',
      path: '/report.txt',
      bytes: 12,
      outcome: 'complete',
    });
    assert.match(String((stored['tls'] as AuditRecord | undefined)?.['version']), /^TLSv1\.[23]$/);
    assert.match(String(stored['at']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(String(stored['node']).length > 0);
    if (workers > 1) assert.ok(Number(stored['worker']) >= 1);
    find('file.changed', { session, change: 'stored', path: '/report.txt', bytes: 12 });
    find('file.changed', { session, change: 'renamed', path: '/report.txt', to: '/final.txt' });
    find('file.changed', { session, change: 'removed', path: '/final.txt' });
    find('command.refused', { session, account: 'alice', verb: 'RETR', path: '/absent.txt', outcome: 'refused' });
    find('session.closed', { session, reason: 'quit' });
    find('stopped');
    assert.equal(records.at(-1)?.['event'], 'head.signed');
    assert.doesNotMatch(JSON.stringify(records), new RegExp(`${PASSWORD}|wrong"`));
  });
}

test('audit verify proves a trail without the server, and names what was altered by an exit code of its own', async (context) => {
  const { server } = await usedServer(context, 1);
  const { dataDir } = server;
  const place = ['--data-dir', dataDir];
  const key = join(dataDir, 'kept.pem');
  const printed = await lockport(['audit', 'public-key', ...place]);
  assert.match(printed.output, /^-----BEGIN PUBLIC KEY-----\n/);
  await writeFile(key, printed.output);
  const head = await lockport(['audit', 'head', ...place]);
  const kept = join(dataDir, 'kept-heads.jsonl');
  await writeFile(kept, head.output);

  const whole = await lockport(['audit', 'verify', ...place, '--public-key', key, '--heads', kept]);
  assert.equal(whole.errors, '');
  assert.match(whole.output, /^Whole: records 1 to \d+ in 1 file,/);
  assert.equal(whole.code, 0);

  const directory = join(dataDir, 'audit');
  const [name = ''] = (await readdir(directory)).filter((each) => /^\d+\.jsonl$/.test(each));
  const text = await readFile(join(directory, name), 'utf8');
  await writeFile(join(directory, name), text.replace('"bytes":12', '"bytes":13'));
  const altered = await lockport(['audit', 'verify', '--dir', directory, '--json']);
  assert.equal(altered.code, 14);
  const verdict = JSON.parse(altered.output);
  assert.equal(verdict.isWhole, false);
  assert.equal(verdict.finding.kind, 'altered');
  const record = text.split('\n').findIndex((line) => line.includes('"bytes":12')) + 1;
  assert.equal(verdict.finding.record, record);
});

test('a search that finds nothing says so', async (context) => {
  const { server } = await usedServer(context, 1);
  const directory = join(server.dataDir, 'audit');
  const found = await lockport(['audit', 'search', '--dir', directory, '--event', 'transfer.finishd']);
  assert.deepEqual([found.code, found.output, found.errors], [0, '', 'No record fits\n']);
});

test('audit names the file that is not there', async (context) => {
  const { server } = await usedServer(context, 1);
  const directory = join(server.dataDir, 'audit');
  const absent = join(server.dataDir, 'absent.pem');
  const { code, errors } = await lockport(['audit', 'verify', '--dir', directory, '--public-key', absent]);
  assert.deepEqual([code, errors], [1, `lockport: There is no ${absent}\n`]);
});

test('audit head says where no head is signed yet', async (context) => {
  const { server } = await usedServer(context, 1);
  const directory = join(server.dataDir, 'audit');
  await rm(join(directory, 'heads.jsonl'));
  const { code, errors } = await lockport(['audit', 'head', '--dir', directory]);
  assert.equal(code, 1);
  assert.match(errors, /^lockport: No head is signed yet in /);
});

test('audit verify says where there is no trail', async (context) => {
  const { server } = await usedServer(context, 1);
  const { code, errors } = await lockport(['audit', 'verify', '--dir', join(server.dataDir, 'files')]);
  assert.match(errors, /^lockport: There is no audit trail in /);
  assert.equal(code, 1);
});

test('a file of a bundle has its SHA-256 in its record without further settings, and gets a receipt', async (context) => {
  const running = await startWorkers(context, { workers: 1 });
  const { dataDir } = running.server;
  const directory = join(dataDir, 'audit');
  await using client = await running.signIn();
  const bytes = Buffer.concat([fileFrames('report.txt', 'abc'), done(1)]);
  assert.deepEqual(codesOf((await exchange(client, 'BNDL STOR', { bytes })).frames), [226]);
  await exchange(client, 'BNDL RETR', { bytes: Buffer.concat([request('report.txt'), done(1)]) });
  await client.expect(221, 'QUIT');
  running.server.signal('SIGTERM');
  await running.server.ended();

  const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const transfers = (await recordsIn(dataDir)).filter(({ event }) => event === 'transfer.finished');
  assert.deepEqual(
    transfers.map((record) => [record['direction'], record['sha256']]),
    [
      ['upload', digest],
      ['download', digest],
    ],
  );
  const [stored, sent] = transfers.map(({ n }) => String(n));
  const printed = await lockport(['audit', 'receipt', stored ?? '', '--dir', directory]);
  assert.equal(printed.errors, '');
  assert.ok(printed.output.includes(digest));
  // Who fetched a file brought none.
  const refused = await lockport(['audit', 'receipt', sent ?? '', '--dir', directory]);
  assert.match(refused.errors, /is not of a file that was uploaded whole/);
});

for (const workers of [1, 2]) {
  test(`an account gets a receipt of its own file alone, and a partner can check it (workers: ${workers})`, async (context) => {
    const running = await startWorkers(context, { workers, settings: { DIGEST_TRANSFERS: 'true' } });
    const { dataDir } = running.server;
    const directory = join(dataDir, 'audit');
    const key = join(dataDir, 'kept.pem');
    await writeFile(key, (await lockport(['audit', 'public-key', '--dir', directory])).output);
    await using client = await running.signIn();
    await client.upload('STOR report.txt', 'abc');
    const { lines } = await client.expect(213, 'SITE RECEIPT report.txt');
    const receipt = join(dataDir, 'receipt.json');
    await writeFile(receipt, lines[1] ?? '');
    const checked = await lockport(['audit', 'check-receipt', receipt, '--public-key', key, '--json']);
    assert.equal(checked.code, 0, checked.errors);
    const { account, path, bytes, sha256 } = JSON.parse(checked.output);
    const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.deepEqual(
      { account, path, bytes, sha256 },
      { account: 'alice', path: '/report.txt', bytes: 3, sha256: digest },
    );
    const reply = `${lines.join('\r\n')}\r\n`;
    const piped = await lockport(['audit', 'check-receipt', '-', '--public-key', key, '--json'], { input: reply });
    assert.deepEqual([piped.code, piped.output], [0, checked.output]);
    const altered = { input: reply.replace('bytes: 3', 'bytes: 4') };
    assert.equal((await lockport(['audit', 'check-receipt', '-', '--public-key', key], altered)).code, 14);
    await client.expect(550, 'SITE RECEIPT absent.txt');
    await client.expect(221, 'QUIT');
    running.server.signal('SIGTERM');
    await running.server.ended();

    const stored = (await recordsIn(dataDir)).find(({ event }) => event === 'transfer.finished');
    const printed = await lockport(['audit', 'receipt', String(stored?.['n']), '--dir', directory]);
    assert.equal(printed.errors, '');
    await writeFile(receipt, printed.output);
    const again = await lockport(['audit', 'check-receipt', receipt, '--public-key', key, '--json']);
    assert.equal(JSON.parse(again.output).sha256, digest);

    await writeFile(receipt, printed.output.replace('bytes: 3', 'bytes: 4'));
    const forged = await lockport(['audit', 'check-receipt', receipt, '--public-key', key]);
    assert.equal(forged.code, 14);
    assert.match(forged.errors, /its signature is not one of the key/);

    const found = await lockport([
      'audit',
      'search',
      '--dir',
      directory,
      '--account',
      'alice',
      '--path',
      '/*.txt',
      '--json',
    ]);
    assert.ok(found.output.includes('"event":"receipt.issued"'));
    const table = await lockport([
      'audit',
      'export',
      '--dir',
      directory,
      '--format',
      'csv',
      '--event',
      'receipt.issued',
    ]);
    assert.match(table.output, /^n,at,event,account,.*\r\n\d+,[^,]+,receipt\.issued,alice,/);
  });
}

const user = userInfo().username;
/** Whoever is not root can set the variable to any name. */
const bySudo = process.getuid?.() === 0 ? `${user} (sudo: olga)` : user;

test('a change of an account or a group beside the running server is recorded, with who made it; a note of another kind is not', async (context) => {
  const { server } = await startWorkers(context, { workers: 1 });
  const { dataDir } = server;
  const inbox = join(dataDir, 'audit', 'inbox');
  await writeFile(join(inbox, '0.json'), '{"event":"login.succeeded","account":"alice"}');
  const changed = await lockport(['user', 'set', 'alice', '--data-dir', dataDir, '--max-sessions', '3'], {
    environment: { SUDO_USER: 'olga' },
  });
  assert.equal(changed.code, 0, changed.errors);
  const find = async () => (await recordsIn(dataDir)).find(({ event }) => event === 'account.changed');
  while (!(await find())) await setTimeout(20);
  const { by, account, change, fields } = (await find()) ?? {};
  assert.deepEqual(
    { by, account, change, fields },
    { by: bySudo, account: 'alice', change: 'changed', fields: ['maxSessions'] },
  );
  const { before, after } = ((await find()) ?? {}) as { readonly before?: object; readonly after?: object };
  assert.ok(before && 'home' in before && !('maxSessions' in before));
  assert.deepEqual(after, { ...before, maxSessions: 3 });
  assert.doesNotMatch(JSON.stringify(await find()), /scrypt|hash/i);
  const made = await lockport(['group', 'add', 'partners', '--data-dir', dataDir], {
    environment: { SUDO_USER: 'olga' },
  });
  assert.equal(made.code, 0, made.errors);
  const findGroup = async () => (await recordsIn(dataDir)).find(({ event }) => event === 'group.changed');
  while (!(await findGroup())) await setTimeout(20);
  const ofGroup = (await findGroup()) ?? {};
  assert.deepEqual([ofGroup['by'], ofGroup['group'], ofGroup['change']], [bySudo, 'partners', 'added']);
  assert.deepEqual(ofGroup['after'], {});
  assert.deepEqual(
    (await readdir(inbox)).filter((name) => !name.endsWith('.json')),
    ['0.refused'],
  );
  assert.equal(
    (await recordsIn(dataDir)).find(({ event }) => event === 'login.succeeded'),
    undefined,
  );
});
