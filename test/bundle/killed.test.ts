import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { connect } from '../../src/client/index.ts';
import { BIN, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { startRemote } from '../cli/remote/remote-fixture.ts';

// Whoever dies in the middle of a bundle leaves whole files under their names, and the next run goes on with the rest.

const NAMES = Array.from({ length: 400 }, (_, number) => `f${number}`);
const contentOf = (name: string) => `content of ${name} `.repeat(200);

/** Whatever has one of the names is whole; gives how many there are. */
async function wholeFiles(directory: string): Promise<readonly string[]> {
  const present = (await readdir(directory)).filter((name) => NAMES.includes(name));
  for (const name of present) assert.equal(await readFile(join(directory, name), 'utf8'), contentOf(name), name);
  return present;
}

test('After kill -9 of the server in a bundle every file that was confirmed is there, and the rest follows', async (context) => {
  const directory = await temporaryDirectory(context);
  const root = join(directory, 'files');
  const killed = await serve(context, directory);
  const { account, password } = await killed.firstAccount();
  const ca = await readFile(join(directory, 'tls', 'certificate.pem'), 'utf8');
  const signIn = (port: number) =>
    connect({ host: '127.0.0.1', port, user: account, password, tls: { ca }, connections: 2, retry: { attempts: 1 } });
  const confirmed = new Set<string>();
  {
    await using client = await signIn(killed.port('explicit'));
    const uploads = NAMES.map(async (name) => {
      await client.upload(Buffer.from(contentOf(name)), `/${name}`, { bundled: true });
      confirmed.add(name);
      if (confirmed.size === 100) await killed.kill();
    });
    await Promise.allSettled(uploads);
  }
  const present = await wholeFiles(root);
  assert.ok(confirmed.size >= 100 && confirmed.size < NAMES.length, `${confirmed.size} were confirmed`);
  assert.deepEqual(
    [...confirmed].filter((name) => !present.includes(name)),
    [],
  );

  const again = await serve(context, directory);
  await using client = await signIn(again.port('explicit'));
  const missing = NAMES.filter((name) => !present.includes(name));
  await Promise.all(missing.map((name) => client.upload(Buffer.from(contentOf(name)), `/${name}`, { bundled: true })));
  assert.equal((await wholeFiles(root)).length, NAMES.length);
  assert.deepEqual(
    (await readdir(root)).filter((name) => !NAMES.includes(name) && !name.startsWith('.lockport-lock')),
    [],
  );
});

test('After kill -9 of a client in a bundle every file under its name is whole, and the next run fetches the rest', async (context) => {
  const remote = await startRemote(context);
  const { server, home, run, url } = remote;
  for (const name of NAMES) await writeFile(join(server.root, name), contentOf(name));
  const copy = join(home, 'copy');
  await mkdir(copy);
  const args = ['sync', '--ca', server.certificateFile, url(''), copy];
  const child = spawn(BIN, args, {
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, LOCKPORT_PASSWORD: 'wonderland' },
    stdio: 'ignore',
  });
  context.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  while ((await readdir(copy)).filter((name) => NAMES.includes(name)).length < 100 && child.exitCode === null)
    await setImmediate();
  child.kill('SIGKILL');
  await ended;
  const present = await wholeFiles(copy);
  assert.ok(present.length > 0 && present.length < NAMES.length, `${present.length} files were there`);

  const before = server.events.length;
  const { code, errors } = await run(['sync', url(''), copy]);
  assert.equal(code, 0, errors);
  assert.equal((await wholeFiles(copy)).length, NAMES.length);
  const sent = server.events
    .slice(before)
    .filter(
      ({ event, ...facts }) => event === 'transfer.finished' && 'direction' in facts && facts.direction === 'download',
    );
  assert.equal(sent.length, NAMES.length - present.length);
});
