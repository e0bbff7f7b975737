import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AccountMount, ROOT, resolvePath } from '../../src/core/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { PASSWORD, startWorkers, type WorkersOptions } from './workers.ts';

const at = (path: string) => resolvePath(ROOT, path);

/** A read-only part of one storage, and all of another that can be written. */
const MOUNTS: readonly AccountMount[] = [
  { at: at('/archive'), storage: 'cold', path: at('/2026'), readOnly: true },
  { at: at('/shared/inbox'), storage: 'inbox' },
];

async function arrange(context: TestContext, options: WorkersOptions) {
  const directory = await temporaryDirectory(context);
  const [cold, inbox] = [join(directory, 'cold'), join(directory, 'inbox')];
  await mkdir(join(cold, '2026'), { recursive: true });
  await mkdir(inbox);
  await writeFile(join(cold, 'secret.txt'), 'of the storage, and not of the mount');
  await writeFile(join(cold, '2026', 'old.txt'), 'old');
  await symlink('../secret.txt', join(cold, '2026', 'out.txt'));
  await symlink('/secret.txt', join(cold, '2026', 'up.txt'));
  await symlink(join(cold, 'secret.txt'), join(inbox, 'out.txt'));
  const storages = `{cold: {kind: local, path: ${cold}}, inbox: {kind: local, path: ${inbox}}}`;
  const server = await startWorkers(context, { ...options, settings: { STORAGES: storages, ...options.settings } });
  return { server, cold, inbox };
}

async function facts(client: RawClient, path: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await client.download(`MLSD ${path}`)).toString().trimEnd().split('\r\n');
  return new Map(
    lines.map((line): [string, string] => {
      const space = line.indexOf(' ');
      return [line.slice(space + 1), line.slice(0, space)];
    }),
  );
}

function perm(facts: string | undefined): string | undefined {
  return /perm=([a-z]*);/.exec(facts ?? '')?.[1];
}

/** What a refused command says, which must be 550. */
async function refused(client: RawClient, ...lines: readonly string[]): Promise<string> {
  for (const line of lines.slice(0, -1)) await client.expect(350, line);
  const { lines: text } = await client.expect(550, lines.at(-1));
  return text.join('\n');
}

for (const workers of [1, 2]) {
  const where = workers === 1 ? 'one process' : `${workers} workers`;

  test(`an account sees the storages that it mounts, read only or not, and nothing beside them: ${where}`, async (context) => {
    const { server, cold, inbox } = await arrange(context, { workers, account: { mounts: MOUNTS } });
    const clients = workers === 1 ? [await server.signIn()] : await server.oneInEach();
    for (const [index, client] of clients.entries()) {
      await client.upload(`STOR own-${index}`, 'own');
      const top = await facts(client, '/');
      assert.deepEqual([...top.keys()].filter((name) => !/^(\.|own)/.test(name)).toSorted(), ['archive', 'shared']);
      assert.equal(perm(top.get('archive')), 'el');
      assert.equal(perm(top.get('shared')), 'celmp');
      assert.match(top.get(`own-${index}`) ?? '', /perm=adfrw;/);
      assert.equal(perm((await facts(client, '/shared')).get('inbox')), 'celmp');
      assert.equal(perm((await facts(client, '/archive')).get('old.txt')), 'r');

      await client.upload(`STOR /shared/inbox/new-${index}`, 'in');
      assert.equal(await readFile(join(inbox, `new-${index}`), 'utf8'), 'in');
      assert.equal((await client.download('RETR /archive/old.txt')).toString(), 'old');

      await client.passive();
      await refused(client, 'STOR /archive/new.txt');
      await refused(client, 'DELE /archive/old.txt');
      await refused(client, 'MKD /archive/more');
      assert.deepEqual((await readdir(join(cold, '2026'))).toSorted(), ['old.txt', 'out.txt', 'up.txt']);

      assert.match(await refused(client, `RNFR own-${index}`, 'RNTO /shared/inbox/moved'), /lies in another storage/);
      assert.match(await refused(client, `RNFR /shared/inbox/new-${index}`, 'RNTO /moved'), /lies in another storage/);
      for (const point of ['/archive', '/shared', '/shared/inbox']) {
        assert.match(await refused(client, `RMD ${point}`), /Another storage is mounted here/);
        assert.match(await refused(client, `RNFR ${point}`, 'RNTO /elsewhere'), /Another storage is mounted here/);
      }
      for (const link of ['/archive/out.txt', '/archive/up.txt', '/shared/inbox/out.txt']) {
        await client.passive();
        await refused(client, `RETR ${link}`);
      }
      await client.passive();
      await refused(client, 'RETR /archive/../secret.txt');
    }
    assert.deepEqual(
      (await readdir(server.root)).filter((name) => name.startsWith('own')).toSorted(),
      clients.map((_, index) => `own-${index}`),
    );
    for (const client of clients) await client[Symbol.asyncDispose]();
  });

  test(`an account without mounts sees its home alone, beside accounts that have some: ${where}`, async (context) => {
    const { server } = await arrange(context, { workers });
    await using client = await server.signIn();
    await client.upload('STOR file', 'own');
    await client.expect(257, 'MKD archive');
    const top = await facts(client, '/');
    assert.deepEqual([...top.keys()].filter((name) => !name.startsWith('.')).toSorted(), ['archive', 'file']);
    assert.equal(perm(top.get('archive')), 'cdeflmp');
    await client.expect(350, 'RNFR archive');
    await client.expect(250, 'RNTO other');
    await client.expect(250, 'RMD other');
  });

  test(`an account whose storage is not configured is not let in, and the log says why: ${where}`, async (context) => {
    const mounts = [{ at: at('/lost'), storage: 'lost' }];
    const { server } = await arrange(context, { workers, account: { mounts } });
    await using client = await server.connect();
    await client.expect(220);
    await client.expect(234, 'AUTH TLS');
    await client.secure();
    await client.expect(331, 'USER alice');
    const { lines } = await client.expect(530, `PASS ${PASSWORD}`);
    assert.doesNotMatch(lines.join('\n'), /lost|storage|mount/i);
    const failed = await server.server.event(({ event }) => event === 'login.failed');
    assert.match(String(failed['reason']), /mounts the storage lost, which this server has not opened/);
    const warning = await server.server.event(({ message }) => /no storage lost/.test(String(message)));
    assert.match(String(warning['message']), /\(alice, bob\)/);
    assert.ok(!server.server.log.some(({ event }) => event === 'login.succeeded' || event === 'failure'));
    await client.expect(331, 'USER alice');
    await client.expect(530, 'PASS not-this-one');
  });
}

test('what a killed worker left in a mounted storage is removed at once', async (context) => {
  const { server, inbox } = await arrange(context, { account: { mounts: MOUNTS } });
  const [doomed] = await server.oneInEach();
  assert.ok(doomed);
  const data = await doomed.data(await doomed.passive());
  await doomed.expect(150, 'STOR /shared/inbox/lost');
  await data.write(Buffer.alloc(2_000_000));
  const isLeft = async () => (await readdir(inbox)).some((name) => name.endsWith('.tmp'));
  while (!(await isLeft()));
  process.kill(await server.pidOf(1), 'SIGKILL');
  while (await isLeft());
  await data[Symbol.asyncDispose]();
});

test('the command line makes the directories of mounts, and those that rights name within them', async (context) => {
  const { server, cold, inbox } = await arrange(context, { workers: 1 });
  const config = join(server.server.dataDir, 'lockport.yaml');
  await writeFile(
    config,
    `dataDir: .\nstorages:\n  cold: {kind: local, path: ${cold}}\n  inbox: {kind: local, path: ${inbox}}\n`,
  );
  const user = (...args: string[]) => lockport(['user', 'set', 'alice', ...args, '--config', config]);
  const set = await user(
    '--mount',
    '/a=cold:/2027/a',
    '--mount',
    '/in=inbox',
    '--rights',
    '/=all',
    '--rights',
    '/in/deep=list',
  );
  assert.equal(set.code, 0, set.errors);
  assert.match(set.output, /Made the directories that it names: \/a, \/in\/deep/);
  assert.ok((await readdir(join(cold, '2027'))).includes('a'));
  assert.ok((await readdir(inbox)).includes('deep'));
  assert.ok(!(await readdir(server.root)).includes('in'));
  await using client = await server.signIn();
  assert.deepEqual((await client.download('NLST /')).toString().split('\r\n').filter(Boolean).toSorted(), [
    '/a',
    '/in',
  ]);

  for (const [mounts, why] of [
    [['/a=old'], /there is no storage old in the configuration/],
    [['/a=cold', '/a=inbox'], /once/],
    [['/=cold'], /expected a mount such as \/archive=cold/],
  ] as const) {
    const { code, errors } = await user(...mounts.flatMap((mount) => ['--mount', mount]));
    assert.notEqual(code, 0);
    assert.match(errors, why);
  }
});
