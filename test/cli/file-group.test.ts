import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import { findTool, MissingProgram, skipWithoutPrograms } from '../interop/tool.ts';
import { BIN, lockport, NOBODY, serve, temporaryDirectory } from './lockport-process.ts';

/** A group of every Linux that `nobody` is no member of. */
const GROUP = 'daemon';

function testAsRoot(title: string, body: (context: TestContext) => Promise<void>): void {
  const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
  test(title, { skip: isRoot ? false : 'needs root on Linux' }, body);
}

async function numberOf(group: string): Promise<number> {
  const line = (await readFile('/etc/group', 'utf8')).split('\n').find((each) => each.startsWith(`${group}:`));
  return Number(line?.split(':')[2]);
}

for (const workers of ['1', '2']) {
  testAsRoot(`files of the group get it, with ${workers} process(es) for sessions`, async (context) => {
    const server = await serve(context, join(await temporaryDirectory(context), 'data'), [], {
      environment: { LOCKPORT_FILES_GROUP: GROUP, LOCKPORT_FILES_MODE: '0640', LOCKPORT_WORKERS: workers },
    });
    const { account, password } = await server.firstAccount();
    await using client = await server.connect();
    await client.signIn(account, password);
    await client.upload('STOR theirs.txt', 'theirs');
    await client.expect(257, 'MKD theirs');
    await addAnna(server.dataDir);
    for (const name of ['theirs', 'anna', 'anna/in'])
      assert.equal((await stat(join(server.dataDir, 'files', name))).gid, await numberOf(GROUP), name);
    const { gid, mode } = await stat(join(server.dataDir, 'files', 'theirs.txt'));
    assert.deepEqual([gid, mode & 0o777], [await numberOf(GROUP), 0o640]);
  });
}

testAsRoot(
  'a user of runAs who is no member of the group of files is refused, and nothing is made',
  async (context) => {
    const dataDir = join(await temporaryDirectory(context), 'data');
    const environment = { LOCKPORT_FILES_GROUP: GROUP, LOCKPORT_RUN_AS_USER: 'nobody' };
    for (const args of [
      ['serve', '--data-dir', dataDir],
      ['config', 'check'],
    ]) {
      const { code, errors } = await lockport(args, { environment });
      assert.match(
        errors,
        /files\.group: the user nobody \(runAs\) may not give files to the group daemon: add that user/,
      );
      assert.equal(code, 1);
    }
    await assert.rejects(stat(dataDir), { code: 'ENOENT' });
  },
);

testAsRoot('a process that is no member of the group of files does not start', async (context) => {
  const dataDir = join(await temporaryDirectory(context), 'data');
  for (const group of [GROUP, String(await numberOf(GROUP))]) {
    const environment = { LOCKPORT_FILES_GROUP: group };
    const { code, errors } = await lockport(['serve', '--data-dir', dataDir], { environment, uid: NOBODY });
    assert.match(errors, /files\.group: the user of this process may not give files to the group .*: add that user/);
    assert.equal(code, 1);
  }
  await assert.rejects(stat(dataDir), { code: 'ENOENT' });
});

testAsRoot('a process that is no member, and yet may give files to the group, starts', (context) =>
  skipWithoutPrograms(context, async () => {
    if ((await findTool('setpriv')) === undefined) throw new MissingProgram('setpriv');
    const directory = await temporaryDirectory(context);
    const bin = join(directory, 'lockport');
    const user = `--reuid ${NOBODY} --regid ${NOBODY} --clear-groups --inh-caps +chown --ambient-caps +chown`;
    await writeFile(bin, `#!/bin/sh\nexec setpriv ${user} ${BIN} "$@"\n`, { mode: 0o755 });
    const server = await serve(context, join(directory, 'data'), [], {
      bin,
      environment: { LOCKPORT_FILES_GROUP: GROUP },
    });
    const { account, password } = await server.firstAccount();
    await using client = await server.connect();
    await client.signIn(account, password);
    await client.upload('STOR theirs.txt', 'theirs');
    await client.expect(257, 'MKD theirs');
    await addAnna(server.dataDir);
    for (const name of ['theirs', 'theirs.txt', 'anna', 'anna/in']) {
      const { uid, gid } = await stat(join(server.dataDir, 'files', name));
      assert.deepEqual([uid, gid], [NOBODY, await numberOf(GROUP)]);
    }
  }),
);

/** Root adds her beside the server, whoever that runs as. */
async function addAnna(dataDir: string): Promise<void> {
  const added = await lockport(
    ['user', 'add', 'anna', '--rights', '/in=upload', '--password-stdin', '--data-dir', dataDir],
    { input: 'long enough for anna', environment: { LOCKPORT_FILES_GROUP: GROUP } },
  );
  assert.equal(added.code, 0, added.errors);
}
