/** What the audit trail costs a server for each small file, on and off by turns: `npm run bench:audit`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../src/core/index.ts';
import { openDatabase } from '../src/database/index.ts';
import { account, hashPassword } from '../src/identity/index.ts';
import { RawClient } from '../src/testing/raw-client.ts';

const LOCKPORT = fileURLToPath(new URL('../bin/lockport', import.meta.url));
const PASSWORD = 'wonderland-wonderland';
const FILES = 1000;
const WARM_UP = 500;
const ROUNDS = Number(process.argv[2] ?? 3);
const MODES: { readonly [mode: string]: NodeJS.ProcessEnv } = {
  off: { LOCKPORT_AUDIT_ENABLED: 'false' },
  warn: { LOCKPORT_AUDIT_ON_FAILURE: 'warn' },
  refuse: { LOCKPORT_AUDIT_ON_FAILURE: 'refuse' },
};

for (let round = 1; round <= ROUNDS; round += 1) {
  for (const [mode, environment] of Object.entries(MODES)) {
    const { up, down } = await measure(environment);
    process.stdout.write(
      `round ${round}  ${mode.padEnd(6)}  ${up.toFixed(3)} CPU-ms a file up, ${down.toFixed(3)} down\n`,
    );
  }
}

async function measure(environment: NodeJS.ProcessEnv): Promise<{ readonly up: number; readonly down: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-audit-cost-'));
  await mkdir(join(directory, 'files'));
  {
    await using database = openDatabase(join(directory, 'lockport.db'));
    await database.accounts.add(account('alice', { home: ROOT }), await hashPassword(PASSWORD));
  }
  const ports = ['--listen', '127.0.0.1', '--explicit-port', '0', '--implicit-port', '0'];
  const server = spawn(LOCKPORT, ['serve', '--data-dir', directory, '--log', 'json', ...ports], {
    env: { ...process.env, ...environment, LOCKPORT_STORAGE_DURABILITY: 'fast' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const port = await explicitPort(server.stdout);
    await using client = await RawClient.connect({ port, tls: { rejectUnauthorized: false } });
    await client.signIn('alice', PASSWORD);
    const content = Buffer.alloc(4096, 'x');
    const store = (count: number, name: string) => times(count, (at) => client.upload(`STOR ${name}${at}`, content));
    await store(WARM_UP, 'warm');
    await times(WARM_UP, (at) => client.download(`RETR warm${at}`));
    const before = await cpuMs(server.pid);
    await store(FILES, 'file');
    const between = await cpuMs(server.pid);
    await times(FILES, (at) => client.download(`RETR file${at}`));
    const after = await cpuMs(server.pid);
    return { up: (between - before) / FILES, down: (after - between) / FILES };
  } finally {
    server.kill('SIGKILL');
    await once(server, 'close');
    await rm(directory, { recursive: true, maxRetries: 5 });
  }
}

async function times(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < count; at += 1) await work(at);
}

async function explicitPort(log: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: log })) {
    const { event, mode, port } = line.startsWith('{') ? JSON.parse(line) : {};
    if (event === 'listening' && mode === 'explicit') {
      log.resume();
      return port;
    }
  }
  throw new Error('The server did not start');
}

/** Of all threads of a process, user and system. */
async function cpuMs(pid: number | undefined): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  // In hundredths of a second.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
