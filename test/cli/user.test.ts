import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type LockportProcess, lockport, serve, temporaryDirectory } from './lockport-process.ts';

const PASSWORD = 'correct horse battery';

async function loginCode(server: LockportProcess, user: string, password: string): Promise<number> {
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, `USER ${user}`);
  return (await client.ask(`PASS ${password}`)).code;
}

test('accounts are made, changed, barred and removed while the server runs', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  await server.firstAccount();
  const place = ['--data-dir', server.dataDir];
  const user = async (args: readonly string[], input?: string) => {
    const outcome = await lockport(['user', ...args, ...place], { ...(input !== undefined && { input }) });
    assert.equal(outcome.code, 0, outcome.errors);
    return outcome.output;
  };

  await user(
    ['add', 'anna', '--password-stdin', '--rights', 'list,download', '--rights', '/in=all', '--quota-bytes', '10GiB'],
    `${PASSWORD}\n`,
  );
  assert.ok((await stat(join(server.dataDir, 'files', 'anna'))).isDirectory());
  assert.equal(await loginCode(server, 'anna', PASSWORD), 230);

  const shown = JSON.parse(await user(['show', 'anna', '--json']));
  assert.equal(shown.home, '/anna');
  assert.deepEqual(shown.rights[0], { path: '/', rights: ['list', 'download'] });
  assert.equal(shown.rights[1].path, '/in');
  assert.deepEqual(shown.quota, { bytes: 10 * 2 ** 30 });
  assert.ok(!JSON.stringify(shown).includes('scrypt'));
  assert.match(await user(['list']), /^NAME .*\nadmin +\/ +active.*\nanna +\/anna +active/);

  await user(['set', 'anna', '--quota-bytes', 'none', '--max-sessions', '2', '--home', '/shared/anna']);
  const changed = JSON.parse(await user(['show', 'anna', '--json']));
  assert.deepEqual([changed.quota, changed.maxSessions, changed.home], [{}, 2, '/shared/anna']);
  assert.ok((await stat(join(server.dataDir, 'files', 'shared', 'anna'))).isDirectory());

  const ends = /; sessions that were open end\n/;
  assert.doesNotMatch(await user(['set', 'anna', '--expires', '2090-01-01']), ends);
  assert.doesNotMatch(await user(['set', 'anna', '--expires', '2020-01-01', '--keep-sessions']), ends);
  assert.match(await user(['set', 'anna', '--expires', '2020-01-01']), ends);
  await user(['set', 'anna', '--expires', 'never']);

  await user(['passwd', 'anna', '--password-stdin'], 'another long password\r\n');
  assert.equal(await loginCode(server, 'anna', 'another long password'), 230);
  await user(['disable', 'anna']);
  assert.equal(await loginCode(server, 'anna', 'another long password'), 530);
  await user(['enable', 'anna']);
  assert.equal(await loginCode(server, 'anna', 'another long password'), 230);
  await user(['remove', 'anna']);
  assert.equal(await loginCode(server, 'anna', 'another long password'), 530);
  assert.ok(!server.output.includes(PASSWORD) && !server.output.includes('another long password'));
});

test('a home that a program of the host has emptied is counted anew when somebody asks for it', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  await server.firstAccount();
  const place = ['--data-dir', server.dataDir];
  const user = async (args: readonly string[]) => {
    const outcome = await lockport(['user', ...args, ...place], { input: `${PASSWORD}\n` });
    assert.equal(outcome.code, 0, outcome.errors);
    return outcome.output;
  };
  await user(['add', 'inbox', '--password-stdin', '--quota-bytes', '1000']);
  const home = join(server.dataDir, 'files', 'inbox');
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, 'USER inbox');
  await client.expect(230, `PASS ${PASSWORD}`);
  await client.expect(200, 'PBSZ 0');
  await client.expect(200, 'PROT P');
  const upload = async (name: string) => {
    await using data = await client.data(await client.passive());
    client.send(`STOR ${name}`);
    await data.send(Buffer.alloc(900)).catch(() => undefined);
    return (await client.outcome()).code;
  };
  assert.equal(await upload('first'), 226);
  await rm(join(home, 'first'));
  assert.equal(await upload('second'), 552);
  assert.match(await user(['recount', 'inbox']), /^In \/inbox: 0 files, 0 B\n/);
  assert.equal(await upload('second'), 226);
  assert.match(await user(['recount', 'inbox']), /^In \/inbox: 1 file, 900 B\n/);
});

test('a drop box takes files at once: the directories that its rights name are there', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  await server.firstAccount();
  const user = (...args: string[]) => lockport(['user', ...args, '--data-dir', server.dataDir], { input: PASSWORD });
  const rights = ['--rights', '/=list', '--rights', '/in/lab=list,upload', '--rights', '/out=list'];
  const added = await user('add', 'drop', '--password-stdin', ...rights);
  assert.match(added.output, /Made the directories that it names: \/in\/lab, \/out\n/);
  await using client = await server.connect();
  await client.signIn('drop', PASSWORD);
  await client.upload('STOR /in/lab/result.hl7', 'whole');
  const changed = await user('set', 'drop', ...rights, '--rights', '/later=upload');
  assert.match(changed.output, /Made the directories that it names: \/later\n/);
  assert.ok((await stat(join(server.dataDir, 'files', 'drop', 'later'))).isDirectory());
});

test('what can not be is told in one line, with the way out', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  await server.firstAccount();
  const mistakes: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['add', 'anna'], /No terminal to ask for the password: pipe it in, and add --password-stdin/],
    [['add', 'admin', '--password-stdin'], /There is an account admin already; change it by "lockport user set"/],
    [
      ['add', 'bo', '--password-stdin', '--rights', 'read'],
      /"read" is no right; the rights are list, download, upload/,
    ],
    [['show', 'nobody'], /There is no account "nobody"; "lockport user list" shows them/],
    [['set', 'admin'], /Nothing to change/],
    [['set', 'admin', '--allow', '10.0.0.0/99'], /--allow: expected an address or a range such as 192/],
  ];
  for (const [args, message] of mistakes) {
    const { code, errors } = await lockport(['user', ...args, '--data-dir', server.dataDir], { input: PASSWORD });
    assert.match(errors, message);
    assert.equal(code, 2, errors);
    assert.ok(!errors.includes('    at '), errors);
  }
  const short = await lockport(['user', 'add', 'bo', '--password-stdin', '--data-dir', server.dataDir], {
    input: 'short',
  });
  assert.match(short.errors, /at least 12 characters/);
});

test('the data directory alone leads to the files that the server uses', async (context) => {
  const directory = await temporaryDirectory(context);
  const [dataDir, root] = [join(directory, 'data'), join(directory, 'srv')];
  const server = await serve(context, dataDir, ['--root', root]);
  await server.firstAccount();
  const add = (name: string, ...args: string[]) =>
    lockport(['user', 'add', name, '--password-stdin', '--data-dir', dataDir, ...args], { input: PASSWORD });
  const added = await add('anna');
  assert.equal(added.code, 0, added.errors);
  assert.ok((await stat(join(root, 'anna'))).isDirectory());
  await assert.rejects(stat(join(dataDir, 'files')), { code: 'ENOENT' });

  const elsewhere = await add('ben', '--root', join(directory, 'typo'));
  assert.equal(elsewhere.code, 1);
  assert.match(
    elsewhere.errors,
    /There is no directory .*typo for the accounts' files: name the server's own by --root/,
  );
});

test('a directory that no server has used is not made into one', async (context) => {
  const directory = await temporaryDirectory(context);
  const { code, errors } = await lockport(['user', 'list', '--data-dir', join(directory, 'typo')]);
  assert.equal(code, 1);
  assert.match(
    errors,
    /There is no data of Lockport in .*typo: start "'?[./].*\/bin\/lockport'? serve --data-dir .*typo" once, or name/,
  );
  await assert.rejects(stat(join(directory, 'typo')), { code: 'ENOENT' });
});

const OLD_DATABASE = new URL('../../src/database/fixtures/version-0.1.0.sql', import.meta.url);

test('a command brings an older database up to date, and says once where its copy is', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const file = join(dataDir, 'lockport.db');
  {
    using raw = new DatabaseSync(file);
    raw.exec(await readFile(OLD_DATABASE, 'utf8'));
  }
  const list = () => lockport(['user', 'list', '--data-dir', dataDir]);
  const server = new DatabaseSync(join(dataDir, 'lock.db'));
  server.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  const refused = await list();
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /the server that runs on it is an older one; restart it/);

  server.exec('ROLLBACK');
  server.close();
  const first = await list();
  assert.deepEqual([first.code, /^alice /m.test(first.output)], [0, true], first.errors);
  const copy = (await readdir(dataDir)).find((name) => name.endsWith('.backup'));
  assert.ok(copy !== undefined && first.errors.includes(copy), first.errors);
  assert.equal((await list()).errors, '');
});

test('mounts are of storages that the configuration names, and are shown as they were given', async (context) => {
  const dataDir = await temporaryDirectory(context);
  await (await serve(context, dataDir)).firstAccount();
  const config = join(dataDir, 'lockport.yaml');
  await writeFile(config, `dataDir: .\nstorages:\n  cold: {kind: local, path: ${dataDir}/cold}\n`);
  const user = (...args: string[]) => lockport(['user', ...args, '--config', config]);
  const unknown = await user('set', 'admin', '--mount', '/archive=old');
  assert.deepEqual([unknown.code, /there is no storage old in the configuration/.test(unknown.errors)], [2, true]);
  const absent = await user('set', 'admin', '--mount', '/archive=cold');
  assert.match(absent.errors, /There is no directory .*cold for the files of the storage cold: start the server once/);
  await mkdir(join(dataDir, 'cold'));
  const set = await user('set', 'admin', '--mount', '/archive=cold:/2026,ro', '--mount', '/more=cold');
  assert.equal(set.code, 0, set.errors);
  const { output } = await user('show', 'admin');
  assert.match(output, /^mount +\/archive=cold:\/2026,ro\nmount +\/more=cold$/m);
  const { mounts } = JSON.parse((await user('show', 'admin', '--json')).output);
  assert.deepEqual(mounts[0], { at: '/archive', storage: 'cold', path: '/2026', readOnly: true });
  const whole = await lockport(['config', 'check', config]);
  assert.deepEqual([whole.code, whole.output], [0, `${config}: no mistakes\n`], whole.errors);
  await writeFile(config, 'dataDir: .\nsite: {chmod: true}\n');
  const lost = await lockport(['config', 'check', config]);
  assert.deepEqual([lost.code, lost.output], [2, ''], lost.errors);
  assert.match(
    lost.errors,
    /There is no storage cold in the configuration: accounts that mount it can't sign in \(admin\)/,
  );
  assert.match(lost.errors, /site\.chmod is not a setting any more/);
});
