import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** How long one program may run. */
const PROGRAM_MS = 120_000;
/** More than one piece of every buffer on the way. */
const FILE_BYTES = 3_000_001;
const FILES = ['a', 'b', 'c', 'd'];

const RESETS = 10;

const run = promisify(execFile);

interface FirstAccount {
  readonly account: string;
  readonly password: string;
  readonly certificate: string;
}

interface Manifest {
  readonly exports: { readonly [subpath: string]: { readonly types: string } };
}

/** Imports each export of the package that is installed in `directory`, and finds its types. Gives their names. */
export async function checkExports(node: string, directory: string): Promise<string[]> {
  const home = path.join(directory, 'node_modules', 'lockport');
  const manifest: Manifest = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8'));
  const names = Object.keys(manifest.exports).map((subpath) => path.posix.join('lockport', subpath));
  for (const { types } of Object.values(manifest.exports)) await access(path.join(home, types));
  for (const name of names) {
    // Each in a process of its own: none may live on what another has loaded.
    const code = `import(${JSON.stringify(name)}).then((all) => console.log(Object.keys(all).length))`;
    const { stdout, stderr } = await run(node, ['--eval', code], { cwd: directory, timeout: PROGRAM_MS });
    assert.ok(Number(stdout) > 0, `${name} exports nothing`);
    assert.equal(stderr, '', `${name} warns at its import`);
  }
  return names;
}

/** Serves with two workers, and moves files by the client's verbs, from the package that is installed in `directory`. */
export async function checkTransfers(node: string, directory: string): Promise<void> {
  const { program, environment } = installed(node, directory);
  await makeFiles(path.join(directory, 'sent'));
  const server = await serve(node, directory, ['--workers', '2']);
  try {
    const options = {
      cwd: directory,
      env: { ...environment, LOCKPORT_PASSWORD: server.password },
      timeout: PROGRAM_MS,
    };
    const lockport = (...words: string[]) => run(program, words, options);
    const url = `ftpes://admin@localhost:${server.port}`;
    const ca = ['--ca', server.certificate];
    await lockport('put', ...ca, 'sent/a', `${url}/one`);
    await lockport('get', ...ca, `${url}/one`, 'one');
    await assertSame(directory, 'sent/a', 'one');
    await lockport('sync', ...ca, '--parallel', '4', 'sent', `${url}/tree`);
    await lockport('sync', ...ca, '--parallel', '4', `${url}/tree`, 'back');
    for (const name of FILES) await assertSame(directory, `sent/${name}`, `back/${name}`);
  } finally {
    await server.stop();
  }
  assert.equal(server.workersSeen(), 2, 'Sessions were served by two workers');
}

/** Sends parts of files in clear to the installed server, and resets the data connection: libuv may take that for an end. */
export async function checkResets(node: string, directory: string): Promise<void> {
  const config = path.join(directory, 'clear.yaml');
  await writeFile(config, 'plainFtp: { login: allow-passwords-in-clear, data: allow-files-in-clear }\n');
  const server = await serve(node, directory, ['--config', config]);
  try {
    for (let round = 0; round < RESETS; round += 1) {
      const reply = await resetUpload(server, `part-${round}`, 100_000 * round + 10);
      assert.match(reply, /^4/, 'The upload was stored, although it was reset');
    }
  } finally {
    await server.stop();
  }
}

type Account = Pick<Awaited<ReturnType<typeof serve>>, 'port' | 'account' | 'password'>;

/** Gives the reply that ends the transfer. */
async function resetUpload({ port, account, password }: Account, name: string, bytes: number): Promise<string> {
  const control = connect({ host: '127.0.0.1', port });
  try {
    const lines = createInterface(control)[Symbol.asyncIterator]();
    const reply = async (command?: string): Promise<string> => {
      if (command !== undefined) control.write(`${command}\r\n`);
      const { value = '' } = await lines.next();
      return value;
    };
    await reply();
    await reply(`USER ${account}`);
    assert.match(await reply(`PASS ${password}`), /^230 /);
    await reply('TYPE I');
    const passive = /\|(\d+)\|\)/.exec(await reply('EPSV'))?.[1];
    const data = connect({ host: '127.0.0.1', port: Number(passive) });
    assert.match(await reply(`STOR ${name}`), /^150 /);
    data.write(randomBytes(bytes), () => data.resetAndDestroy());
    return await reply();
  } finally {
    control.destroy();
  }
}

async function makeFiles(directory: string): Promise<void> {
  await mkdir(directory);
  for (const name of FILES) await writeFile(path.join(directory, name), randomBytes(FILE_BYTES));
}

async function assertSame(directory: string, one: string, other: string): Promise<void> {
  const [expected, actual] = await Promise.all([one, other].map((name) => readFile(path.join(directory, name))));
  assert.ok(expected !== undefined && actual?.equals(expected), `${other} is not ${one}`);
}

function installed(node: string, directory: string) {
  const environment = {
    ...process.env,
    PATH: [path.dirname(node), process.env['PATH']].join(path.delimiter),
    HOME: directory,
    XDG_CONFIG_HOME: directory,
  };
  return { program: path.join(directory, 'node_modules', '.bin', 'lockport'), environment };
}

/** A server on its first start. */
async function serve(node: string, directory: string, more: readonly string[]) {
  const { program, environment: env } = installed(node, directory);
  const where = ['--data-dir', await mkdtemp(path.join(directory, 'data-')), '--listen', '127.0.0.1'];
  const args = ['serve', ...where, '--explicit-port', '0', '--no-implicit', '--log', 'json', ...more];
  const child = spawn(program, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const code = exitCode(child);
  const workers = new Set<unknown>();
  let errors = '';
  const listening = Promise.withResolvers<number>();
  const made = Promise.withResolvers<FirstAccount>();
  createInterface(child.stdout).on('line', (line) => {
    const { event, port, worker }: { event?: string; port?: number; worker?: number } = JSON.parse(line);
    if (event === 'listening' && port !== undefined) listening.resolve(port);
    if (event === 'session.opened') workers.add(worker);
  });
  createInterface(child.stderr).on('line', (line) => {
    errors += `${line}\n`;
    if (line.includes('"first-account"')) made.resolve(JSON.parse(line));
  });
  const ended = code.then(() => {
    throw new Error(`The server ended at its start: ${errors}`);
  });
  const [port, first] = await Promise.race([Promise.all([listening.promise, made.promise]), ended]);
  ended.catch(() => undefined);
  const stop = async () => {
    child.kill('SIGTERM');
    assert.equal(await code, 0, errors);
  };
  return { ...first, port, stop, workersSeen: () => workers.size };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const timer = setTimeout(() => child.kill('SIGKILL'), 4 * PROGRAM_MS);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  return code;
}
