import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { type Account, ROOT } from '../../src/core/index.ts';
import { openDatabase } from '../../src/database/index.ts';
import { account, hashPassword } from '../../src/identity/index.ts';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { type LockportProcess, serve, temporaryDirectory } from '../cli/lockport-process.ts';

/** The password of alice and bob. */
export const PASSWORD = 'wonderland-wonderland';

export interface WorkersOptions {
  /** Default: 2. */
  readonly workers?: number;
  /** Limits and other settings, as the environment gives them: `LIMITS_IDLE_MS`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What is said of the accounts beyond their names. */
  readonly account?: Partial<Account>;
  readonly args?: readonly string[];
}

/** A server of several processes, with the accounts alice and bob, all workers ready; it ends with the test. */
export async function startWorkers(context: TestContext, options: WorkersOptions = {}): Promise<Workers> {
  const { workers = 2, settings = {}, args = [] } = options;
  const dataDir = await temporaryDirectory(context);
  const root = join(dataDir, 'files');
  await mkdir(root);
  {
    await using database = openDatabase(join(dataDir, 'lockport.db'));
    const hash = await hashPassword(PASSWORD);
    for (const name of ['alice', 'bob']) {
      await database.accounts.add(account(name, { home: ROOT, ...options.account }), hash);
    }
  }
  const limits = { LIMITS_FAILED_LOGIN_DELAY_MS: '0', STORAGE_DURABILITY: 'fast', ...settings };
  const environment = Object.fromEntries(Object.entries(limits).map(([key, value]) => [`LOCKPORT_${key}`, value]));
  const server = await serve(context, dataDir, ['--workers', String(workers), ...args], { environment });
  const started = new Workers(server, root);
  // One process has no workers.
  if (workers === 1) return started;
  for (let worker = 1; worker <= workers; worker += 1) await started.pidOf(worker);
  return started;
}

export class Workers {
  readonly server: LockportProcess;
  /** What both accounts see as `/`. */
  readonly root: string;

  constructor(server: LockportProcess, root: string) {
    this.server = server;
    this.root = root;
  }

  /** Of the worker with this number, once it serves; the one that came `after` another process. */
  async pidOf(worker: number, after?: number): Promise<number> {
    const pid = (message: unknown) =>
      Number(new RegExp(`^Worker ${worker} serves, as process (\\d+)$`).exec(String(message))?.[1]);
    const earlier = this.server.log.findIndex((record) => pid(record['message']) === after);
    const record = await this.server.event((record) => {
      const found = pid(record['message']);
      return found > 0 && this.server.log.findIndex((each) => each['message'] === record['message']) > earlier;
    });
    return pid(record['message']);
  }

  connect(tls?: ConnectionOptions): Promise<RawClient> {
    return this.server.connect(tls);
  }

  async signIn(user = 'alice', tls?: ConnectionOptions): Promise<RawClient> {
    const client = await this.connect(tls);
    await client.signIn(user, PASSWORD);
    return client;
  }

  /** The number of the worker that leads a client's session. */
  async workerOf(client: RawClient): Promise<number> {
    const { localPort } = client;
    const record = await this.server.event(({ event, port }) => event === 'session.opened' && port === localPort);
    return Number(record['worker']);
  }

  /** Clients that are signed in, one in each worker. */
  async oneInEach(count = 2, user = 'alice', tls?: ConnectionOptions): Promise<readonly RawClient[]> {
    const clients: RawClient[] = [];
    for (let each = 0; each < count; each += 1) clients.push(await this.signIn(user, tls));
    const workers = await Promise.all(clients.map((client) => this.workerOf(client)));
    assert.equal(new Set(workers).size, count, 'each has its own worker');
    return clients;
  }
}

/** The order of numbers. */
export function ascending(one: number, other: number): number {
  return one - other;
}

/** Resolves when there is no process of this number. */
export async function gone(pid: number): Promise<void> {
  while (isThere(pid)) await setTimeout(10);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
