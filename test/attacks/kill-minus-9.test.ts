import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RawClient } from '../../src/testing/raw-client.ts';

// A server that dies in the middle of an upload leaves the old file or the new one, whole; the rest is swept away.

const LOCKPORT = fileURLToPath(new URL('../../bin/lockport', import.meta.url));
const DATA = Buffer.alloc(300_000, 'the new file ');

test('After kill -9 in the middle of uploads the old files stand, and a new start clears what was left', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-kill-'));
  const root = join(directory, 'files');
  await mkdir(root);
  await writeFile(join(root, 'old'), 'the old file');
  {
    await using running = await serve(directory);
    await addAccount(directory, 'alice', 'wonderland-wonderland');
    await using client = await RawClient.connect({ port: running.port, tls: { rejectUnauthorized: false } });
    await client.signIn('alice', 'wonderland-wonderland');
    await client.upload('STOR whole', DATA);
    await using data = await client.data(await client.passive());
    await client.expect(150, 'STOR old');
    await data.write(DATA);
    running.child.kill('SIGKILL');
    await once(running.child, 'exit');
  }
  assert.equal(await readFile(join(root, 'old'), 'utf8'), 'the old file');
  assert.deepEqual(await readFile(join(root, 'whole')), DATA, 'what was answered with 226 is there');
  assert.equal((await readdir(root)).filter((name) => name.endsWith('.tmp')).length, 1);

  await using again = await serve(directory);
  await using client = await RawClient.connect({ port: again.port, tls: { rejectUnauthorized: false } });
  await client.signIn('alice', 'wonderland-wonderland');
  assert.deepEqual((await client.download('NLST')).toString().split('\r\n').toSorted(), ['', 'old', 'whole']);
  await client.upload('STOR old', DATA);
  again.child.kill('SIGTERM');
  await once(again.child, 'exit');
  // The lock by which a server holds its files stays for the next one.
  assert.deepEqual((await readdir(root)).toSorted(), ['.lockport-lock', 'old', 'whole']);
  await rm(directory, { recursive: true });
});

interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Of the explicit listener. */
  readonly port: number;
}

async function serve(directory: string): Promise<Running> {
  const ports = ['--listen', '127.0.0.1', '--explicit-port', '0', '--implicit-port', '0'];
  const child = spawn(LOCKPORT, ['serve', '--data-dir', directory, '--log', 'json', ...ports], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, mode, port } = line.startsWith('{') ? (JSON.parse(line) as { [key: string]: unknown }) : {};
    if (event !== 'listening' || mode !== 'explicit') continue;
    child.stdout.resume();
    return { child, port: Number(port), [Symbol.asyncDispose]: () => kill(child) };
  }
  throw new Error('The server did not start');
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function addAccount(directory: string, name: string, password: string): Promise<void> {
  const child = spawn(LOCKPORT, ['user', 'add', name, '--home', '/', '--password-stdin', '--data-dir', directory]);
  child.stdin.end(`${password}\n`);
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.equal(code, 0, errors);
}
