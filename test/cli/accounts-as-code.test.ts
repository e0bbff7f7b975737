import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

test('accounts are exported, planned, applied and checked for drift while the server runs', async (context) => {
  const server = await serve(context, await temporaryDirectory(context));
  await server.firstAccount();
  const run = async (args: readonly string[], code = 0) => {
    const outcome = await lockport([...args, '--data-dir', server.dataDir]);
    assert.equal(outcome.code, code, outcome.errors || outcome.output);
    return outcome.output || outcome.errors;
  };
  const file = join(server.dataDir, 'accounts.yaml');
  await run(['export', '--output', file, '--with-password-hashes']);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.match(await readFile(file, 'utf8'), /passwordHash: \$scrypt\$/);
  const text = await run(['export']);
  assert.ok(!text.includes('scrypt'));
  assert.match(await run(['apply', file, '--plan', '--prune']), /^Plan: 0 to add, 0 to change, 0 to remove/m);

  await writeFile(join(server.dataDir, 'anna.password'), 'correct horse battery\n');
  await writeFile(
    file,
    text
      .replace('groups: {}', 'groups:\n  partners:\n    home: /partners/{name}')
      .concat(
        '  anna:\n    groups: [partners]\n    rights: [{ path: /, rights: [list] }]\n    passwordFile: anna.password\n',
      ),
  );
  const plan = await run(['apply', file, '--plan'], 15);
  assert.match(plan, /\+ group partners\n.*home: not set -> "\/partners\/\{name\}"\n\+ account anna/s);
  assert.match(plan, /password: set\n/);
  assert.match(await run(['user', 'list']), /^(?!.*anna)/s);
  assert.match(await run(['apply', file]), /Applied: 2 added, 0 changed/);
  assert.ok((await stat(join(server.dataDir, 'files', 'partners', 'anna'))).isDirectory());
  assert.match(await run(['apply', file, '--plan']), /0 to add, 0 to change/);

  await run(['user', 'set', 'anna', '--max-sessions', '3']);
  const { drift, changes } = JSON.parse(await run(['apply', file, '--plan', '--json'], 15));
  assert.deepEqual(drift.changes, [{ of: 'account', name: 'anna', fields: [{ field: 'maxSessions', after: 3 }] }]);
  assert.deepEqual(changes[0].fields, [{ field: 'maxSessions', before: 3 }]);
  await writeFile(file, 'accounts:\n  anna:\n    hom: /x\n');
  assert.match(await run(['apply', file], 2), /accounts\.yaml:3:5: accounts\.anna\.hom: there is no "hom"/);
  const audited = await run(['audit', 'search', '--account', 'anna', '--json']);
  assert.match(audited, /account\.changed/);
});
