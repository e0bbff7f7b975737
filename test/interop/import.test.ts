import assert from 'node:assert/strict';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type LockportProcess, lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { MissingProgram, needTool, skipWithoutPrograms, toolAt } from './tool.ts';

const PASSWORD = 'correct horse bättery 1';
const TOOLS = fileURLToPath(new URL('../../.test-tools/usr/', import.meta.url));

/** A program of the servers that scripts/install-test-tools.sh unpacks. */
async function unpacked(path: string) {
  const program = join(TOOLS, path);
  await access(program).catch(() => {
    throw new MissingProgram(path);
  });
  const libraries = ['x86_64', 'aarch64'].map((machine) => join(TOOLS, `lib/${machine}-linux-gnu`)).join(':');
  return (args: readonly string[], input = '') => toolAt(program).attempt(args, input, { LD_LIBRARY_PATH: libraries });
}

/** A file of accounts, and the directory that their homes are in. */
interface Made {
  readonly file: string;
  readonly base: string;
}

/** Imports a file into a fresh server. */
async function imported(context: TestContext, from: string, { file, base }: Made): Promise<LockportProcess> {
  const server = await serve(context, await temporaryDirectory(context));
  await server.firstAccount();
  const args = ['import', '--from', from, file, '--data-dir', server.dataDir, '--base', base];
  const trial = await lockport([...args, '--dry-run']);
  assert.equal(trial.code, 0, trial.errors);
  assert.match(trial.output, /1 account would be made/);
  assert.equal(await loginCode(server, PASSWORD), 530);
  const { code, output, errors } = await lockport(args);
  assert.equal(code, 0, errors);
  assert.match(output, /account bob made; its home is \/bob/);
  return server;
}

async function loginCode(server: LockportProcess, password: string): Promise<number> {
  await using client = await server.connect();
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, 'USER bob');
  return (await client.ask(`PASS ${password}`)).code;
}

/** What `lockport export` would show is asked of the database: which way the password is hashed now. */
async function hashIn(server: LockportProcess): Promise<string> {
  const { DatabaseSync } = await import('node:sqlite');
  using database = new DatabaseSync(join(server.dataDir, 'lockport.db'), { readOnly: true });
  return String(database.prepare("SELECT password_hash FROM accounts WHERE name = 'bob'").get()?.['password_hash']);
}

async function keepsItsPassword(context: TestContext, from: string, made: Made, before: RegExp): Promise<void> {
  const server = await imported(context, from, made);
  assert.match(await hashIn(server), before);
  assert.equal(await loginCode(server, 'wrong'), 530);
  assert.match(await hashIn(server), before);
  assert.deepEqual(await Promise.all([loginCode(server, PASSWORD), loginCode(server, PASSWORD)]), [230, 230]);
  while (!(await hashIn(server)).startsWith('$scrypt$')) await loginCode(server, PASSWORD);
  assert.equal(await loginCode(server, PASSWORD), 230);
}

test('an account that pure-pw made signs in with its password, which is then hashed anew', (context) =>
  skipWithoutPrograms(context, async () => {
    const purePw = await unpacked('bin/pure-pw');
    const base = await temporaryDirectory(context);
    const file = join(base, 'pureftpd.passwd');
    const args = [
      'useradd',
      'bob',
      '-f',
      file,
      '-u',
      '1000',
      '-g',
      '1000',
      '-d',
      join(base, 'bob'),
      '-n',
      '100',
      '-y',
      '3',
    ];
    await purePw(args, `${PASSWORD}\n${PASSWORD}\n`);
    assert.match(await readFile(file, 'utf8'), /^bob:/);
    await keepsItsPassword(context, 'pure-ftpd', { file, base }, /^\$(?:argon2id|7|2|6)/);
  }));

test('an account that ftpasswd of ProFTPD made signs in with its password, which is then hashed anew', (context) =>
  skipWithoutPrograms(context, async () => {
    const ftpasswd = await unpacked('sbin/ftpasswd');
    const base = await temporaryDirectory(context);
    const file = join(base, 'ftpd.passwd');
    // ftpasswd looks for it.
    const home = join(base, 'bob');
    await mkdir(home);
    const account = ['--name', 'bob', '--uid', '1000', '--gid', '1000', '--home', home, '--shell', '/bin/false'];
    const { code, errors } = await ftpasswd(
      ['--passwd', '--file', file, '--sha512', '--stdin', ...account],
      `${PASSWORD}\n`,
    );
    assert.equal(code, 0, errors);
    await keepsItsPassword(context, 'proftpd', { file, base }, /^\$6\$/);
  }));

test('an account whose password openssl hashed, as for vsftpd, signs in with it, which is then hashed anew', (context) =>
  skipWithoutPrograms(context, async () => {
    const openssl = await needTool('openssl');
    const hash = (await openssl.run(['passwd', '-5', '-stdin'], `${PASSWORD}\n`)).trim();
    const base = await temporaryDirectory(context);
    const file = join(base, 'vsftpd.passwd');
    await writeFile(file, `bob:${hash}\n`);
    await keepsItsPassword(context, 'vsftpd', { file, base }, /^\$5\$/);
  }));
