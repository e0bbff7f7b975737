import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeKeyPair, startTestSftp, type TestSftpOptions } from '../../../src/testing/running-sftp.ts';
import { lockport, type RunOptions, temporaryDirectory } from '../lockport-process.ts';
import { records, startRemote } from './remote-fixture.ts';

async function startSftp(context: TestContext, options: TestSftpOptions = {}) {
  const home = await temporaryDirectory(context);
  const server = await startTestSftp(options);
  context.after(() => server[Symbol.asyncDispose]());
  const run = (args: readonly string[], { environment, ...rest }: RunOptions = {}) =>
    lockport(args, {
      cwd: home,
      ...rest,
      environment: { HOME: home, LOCKPORT_PASSWORD: 'wonderland', SSH_AUTH_SOCK: '', ...environment },
    });
  const url = (path: string) => `sftp://alice@127.0.0.1:${server.port}/${path}`;
  const trusted = await run(['ls', '--trust-on-first-use', url('')]);
  assert.equal(trusted.code, 0, trusted.errors);
  return { home, server, run, url, known: join(home, '.ssh', 'known_hosts') };
}

test('files are put, listed, shown, fetched, moved, summed and removed over SFTP', async (context) => {
  const { home, server, run, url } = await startSftp(context);
  const done = async (args: readonly string[], options: RunOptions = {}) => {
    const outcome = await run(args, options);
    assert.equal(outcome.code, 0, outcome.errors);
    return outcome.output;
  };
  await writeFile(join(home, 'one'), 'number one');
  await writeFile(join(home, 'two'), 'number two');
  await done(['mkdir', '-p', url('in/deep')]);
  await done(['put', 'one', 'two', url('in/')]);
  assert.equal(await done(['ls', url('in')]), 'deep\none\ntwo\n');
  assert.equal(await done(['ls', url('in/t*')]), 'two\n');
  assert.equal(await done(['cat', url('in/one')]), 'number one');
  assert.match(await done(['stat', url('in/one')]), /^size +10$/m);
  await done(['mv', url('in/one'), 'in/deep/']);
  await done(['get', url('in/deep/one'), 'back']);
  assert.equal(await readFile(join(home, 'back'), 'utf8'), 'number one');
  const { mtimeMs } = await stat(join(home, 'one'));
  assert.equal(Math.floor((await stat(join(home, 'back'))).mtimeMs / 1000), Math.floor(mtimeMs / 1000));
  await done(['chmod', '600', url('in/two')]);
  assert.match(await done(['hash', url('in/two')]), /^[0-9a-f]{64} {2}\/in\/two$/m);
  await done(['put', '-', url('in/three')], { input: 'piped' });
  assert.equal(await readFile(join(server.root, 'in', 'three'), 'utf8'), 'piped');
  assert.equal(await done(['shell', url('in')], { input: 'cd deep\nls\n' }), 'one\n');
  await done(['rm', '-r', url('in')]);
  await assert.rejects(stat(join(server.root, 'in')));
  const missing = await run(['get', url('nowhere')]);
  assert.equal(missing.code, 6, missing.errors);
  const site = await run(['site', url(''), 'HELP']);
  assert.equal(site.code, 7, site.errors);
});

test('sync copies from SFTP to FTPS and back', async (context) => {
  const { home, server, run, url } = await startSftp(context);
  const other = await startRemote(context);
  await mkdir(join(server.root, 'tree', 'below'), { recursive: true });
  await writeFile(join(server.root, 'tree', 'one'), 'one');
  await writeFile(join(server.root, 'tree', 'below', 'two'), 'two');
  // Two servers: a password that names none is meant for neither.
  const hosts = `machine 127.0.0.1 login alice password wonderland\n`;
  await writeFile(join(home, '.netrc'), hosts, { mode: 0o600 });
  const ftpes = (path: string) => `ftpes://alice@127.0.0.1:${other.server.explicitPort}/${path}`;
  const there = await run(['sync', '--ca', other.server.certificateFile, url('tree'), ftpes('copy')]);
  assert.equal(there.code, 0, there.errors);
  assert.equal(await readFile(join(other.server.root, 'copy', 'below', 'two'), 'utf8'), 'two');
  const back = await run(['sync', '--ca', other.server.certificateFile, ftpes('copy'), url('again')]);
  assert.equal(back.code, 0, back.errors);
  assert.equal(await readFile(join(server.root, 'again', 'below', 'two'), 'utf8'), 'two');
});

test('an unknown host is refused with its fingerprint and the ways on; what is kept is the file of OpenSSH', async (context) => {
  const { run, url, known, server } = await startSftp(context);
  assert.match(await readFile(known, 'utf8'), new RegExp(`^\\[127\\.0\\.0\\.1\\]:${server.port} ssh-ed25519 AAAA`));
  assert.equal((await stat(known)).mode & 0o077, 0);
  const line = await readFile(known, 'utf8');
  await writeFile(known, '');
  const refused = await run(['ls', url('')]);
  assert.deepEqual([refused.code, refused.output], [4, '']);
  const [, pin = ''] = /ls --pin '?(SHA256:[A-Za-z0-9+/]{43})/.exec(refused.errors) ?? [];
  assert.match(refused.errors, /--trust-on-first-use/);
  const json = await run(['ls', '--json', url('')]);
  assert.partialDeepStrictEqual(records(json)[0]?.['error'], { code: 'untrusted', hostKey: { fingerprint: pin } });
  assert.equal((await run(['ls', '--pin', pin, url('')])).code, 0);
  assert.equal((await run(['ls', '--pin', `SHA256:${'A'.repeat(43)}`, url('')])).code, 4);
  const insecure = await run(['ls', '--insecure', url('')]);
  assert.equal(insecure.code, 0, insecure.errors);
  assert.match(insecure.errors, /WARNING: --insecure/);

  await writeFile(
    known,
    line.replace(/AAAA\S+/, 'AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'),
  );
  for (const flags of [[], ['--trust-on-first-use']]) {
    const changed = await run(['ls', ...flags, url('')]);
    assert.equal(changed.code, 4);
    assert.match(changed.errors, /DO NOT go on/);
  }
});

test('a key file signs in, one of the usual names by itself; without any and without a terminal it is said', async (context) => {
  const { privateKey, line } = await makeKeyPair();
  const { run, url, home } = await startSftp(context, { account: { authorizedKeys: [line] } });
  const environment = { LOCKPORT_PASSWORD: undefined };
  const without = await run(['ls', url('')], { environment });
  assert.equal(without.code, 2, without.errors);
  assert.match(without.errors, /No password for alice/);
  await writeFile(join(home, 'mine'), privateKey, { mode: 0o600 });
  const named = await run(['ls', '--key', 'mine', url('')], { environment });
  assert.equal(named.code, 0, named.errors);
  await writeFile(join(home, '.ssh', 'id_ed25519'), privateKey, { mode: 0o600 });
  const usual = await run(['ls', url('')], { environment });
  assert.equal(usual.code, 0, usual.errors);
});
