import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

const PASSWORD = 'correct horse battery';

async function started(context: TestContext) {
  const server = await serve(context, await temporaryDirectory(context));
  await server.firstAccount();
  const run = (...words: string[]) => lockport([...words, '--data-dir', server.dataDir], { input: `${PASSWORD}\n` });
  const done = async (...words: string[]) => {
    const { code, output, errors } = await run(...words);
    assert.equal(code, 0, errors);
    return output;
  };
  return { server, run, done };
}

test('accounts inherit from their groups, show from where, and follow a change of the group at once', async (context) => {
  const { server, run, done } = await started(context);
  await done(
    'group',
    'add',
    'partners',
    '--home',
    '/partners/{name}',
    '--preset',
    'exchange',
    '--quota-bytes',
    '10GiB',
  );
  await done('group', 'add', 'slow', '--rate-up', '1MB', '--quota-bytes', '1GiB');
  const added = await done('user', 'add', 'anna', '--password-stdin', '--group', 'partners', '--group', 'slow');
  assert.match(added, /its home is \/partners\/anna\nMade the directories that it names: \/in, \/out\n/);

  const shown = await done('user', 'show', 'anna');
  assert.match(shown, /^groups +partners, slow \(its own\)$/m);
  assert.match(shown, /^home +\/partners\/anna \(group partners\)$/m);
  assert.match(shown, /^quota +10 GiB \(group partners\)$/m);
  assert.match(shown, /^rate up +976\.6 KiB\/s \(group slow\)$/m);
  assert.match(shown, /^sessions +any number \(default\)$/m);
  assert.match(shown, /^may +\/: list\nmay +\/in: list, upload\nmay +\/out: list, download$/m);
  const json = JSON.parse(await done('user', 'show', 'anna', '--json'));
  assert.deepEqual(json.origins['quota.bytes'], { from: 'group', group: 'partners' });
  assert.deepEqual(
    [json.quota, json.own, json.effectiveRights[2].path],
    [{ bytes: 10 * 2 ** 30 }, { groups: ['partners', 'slow'] }, '/out'],
  );

  await using client = await server.connect();
  await client.signIn('anna', PASSWORD);
  await client.upload('STOR /in/result', 'whole');
  await client.expect(550, 'DELE /in/result');

  await done(
    'user',
    'add',
    'ben',
    '--password-stdin',
    '--group',
    'partners',
    '--rights',
    'list',
    '--directory',
    '/in/2026',
  );
  assert.ok((await stat(join(server.dataDir, 'files', 'partners', 'ben', 'in', '2026'))).isDirectory());
  const changed = await done('group', 'set', 'partners', '--rights', '/=list', '--rights', '/new=upload');
  assert.match(changed, /and its 2 accounts from the next login on; open sessions end of anna\n/);
  assert.match(changed, /Not for ben: they have --rights of their own\n/);
  await client.expect(421);
  assert.ok((await stat(join(server.dataDir, 'files', 'partners', 'anna', 'new'))).isDirectory());

  assert.match(await done('group', 'show', 'partners'), /^home +\/partners\/\{name\}[^]*^accounts +anna, ben$/m);
  assert.match(await done('group', 'list'), /^NAME +ACCOUNTS +SAYS\npartners +2 +.*\nslow +1 +/);
  assert.match(await done('user', 'list', '--group', 'slow'), /^NAME.*\nanna .*partners, slow\n$/);
  const used = await run('group', 'remove', 'slow');
  assert.deepEqual(
    [used.code, used.errors.startsWith('lockport: 1 account is in the group slow')],
    [2, true],
    used.errors,
  );
  assert.match(used.errors, /"lockport user list --group slow" shows them/);
  await done('user', 'set', 'anna', '--group', 'partners', '--quota-bytes', 'none');
  assert.match(await done('user', 'show', 'anna'), /^quota +none \(its own\)$/m);
  await done('user', 'set', 'anna', '--quota-bytes', 'inherit');
  assert.match(await done('user', 'show', 'anna'), /^quota +10 GiB \(group partners\)$/m);
  await done('group', 'remove', 'slow');
});

test('what can not be of groups is told in one line, with the way out', async (context) => {
  const { run, done } = await started(context);
  await done('group', 'add', 'partners', '--home', '/p/{name}');
  await done('user', 'add', 'anna', '--password-stdin', '--group', 'partners');
  for (const [words, message] of [
    [['group', 'add', 'partners'], /There is a group partners already; change it by "lockport group set"/],
    [['group', 'add', 'none'], /"none" can't be the name of a group/],
    [['group', 'add', 'g', '--expires', '2030-01-01'], /unknown option '--expires'/],
    [['group', 'set', 'partners'], /Nothing to change/],
    [['group', 'set', 'nobody', '--home', '/'], /There is no group "nobody"; "lockport group list" shows them/],
    [['group', 'remove', 'nobody'], /There is no group "nobody"; "lockport group list" shows the groups/],
    [['user', 'set', 'anna', '--group', 'nobody'], /There is no group "nobody"/],
    [['user', 'list', '--group', 'nobody'], /There is no group "nobody"/],
    [['user', 'add', 'ben', '--password-stdin', '--preset', 'dropbox'], /Allowed choices are inbox, outbox, exchange/],
  ] as const) {
    const { code, errors } = await run(...words);
    assert.match(errors, message);
    assert.equal(code, 2, errors);
  }
  for (const [words, message] of [
    [['group', 'add', 'g', '--home', '/{user}'], /Group g: home: expected no braces except \{name\}/],
    [
      ['group', 'set', 'partners', '--home', 'inherit'],
      /^lockport: Account anna: home: expected a value, of the account itself/,
    ],
    [['user', 'set', 'anna', '--group', 'none'], /Account anna: home: expected a value/],
  ] as const) {
    const { code, errors } = await run(...words);
    assert.match(errors, message);
    assert.deepEqual([code, errors.includes('    at ')], [1, false], errors);
  }
});

test('an account whose group is missing can not sign in, and all who look at it are told why', async (context) => {
  const { server, run, done } = await started(context);
  await done('group', 'add', 'partners', '--allow', '127.0.0.0/8', '--allow', '::1');
  await done('user', 'add', 'anna', '--password-stdin', '--group', 'partners');
  {
    using raw = new DatabaseSync(join(server.dataDir, 'lockport.db'), { timeout: 60_000 });
    raw.exec('DELETE FROM account_groups');
  }
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, 'USER anna');
  const { code } = await client.ask(`PASS ${PASSWORD}`);
  assert.ok(code >= 400, String(code));
  const why = /Account anna: there is no group partners, which it is in/;
  await server.event((record) => why.test(JSON.stringify(record)));
  const shown = await run('user', 'show', 'anna');
  assert.deepEqual([shown.code, why.test(shown.errors)], [1, true], shown.errors);
  assert.match(await done('user', 'list'), /^admin .*active[^]*^anna +- +unreadable/m);
  const checked = await run('config', 'check');
  assert.deepEqual([checked.code, why.test(checked.errors)], [2, true], checked.errors);
  await done('user', 'disable', 'anna');
  await done('user', 'set', 'anna', '--group', 'none');
  assert.match(await done('user', 'show', 'anna'), /^state +disabled$/m);
});
