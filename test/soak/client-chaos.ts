import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { asStorage, type Client, ClientError, sync } from '../../src/client/index.ts';
import { ROOT, resolvePath } from '../../src/core/index.ts';
import { localStorage } from '../../src/storage/index.ts';
import { testCertificate } from '../../src/testing/certificates.ts';
import { collect, connectTo } from '../attacks/client/attacked-client.ts';
import { startHostileServer } from '../hostile/hostile-server.ts';
import { type Chance, chanceOf, chaoticSteps, type Mood, pick } from './chaotic-steps.ts';

// `npm run chaos`: a server that does the wrong thing at random, thousands of times where LOCKPORT_CHAOS says how many.
// Its limits of time are short, so that it wants a machine with nothing else to do: no part of the gate. A session that
// fails is done again by its number: the seed decides what the server does, though not when.

const SESSIONS = Number(process.env['LOCKPORT_CHAOS'] ?? 96);
const FIRST = Number(process.env['LOCKPORT_CHAOS_SEED'] ?? 1);
const AT_ONCE = 12;

const small = randomBytes(5000);
const large = randomBytes(3_000_000);
const files = { '/small': small, '/large': large, '/tree/a/one': 'one', '/tree/two': 'two' };
const limits = {
  connectMs: 150,
  tlsHandshakeMs: 150,
  replyMs: 150,
  finalReplyMs: 150,
  dataConnectMs: 150,
  stallMs: 150,
  replyFlushMs: 100,
  keepAliveMs: 20,
  abortMs: 50,
  closeMs: 50,
};
/** Far more than a call may take, of which each step is bounded and few are done twice. */
const patienceMs = 20_000;

const strays: unknown[] = [];
const onStray = (error: unknown): unknown => strays.push(error);
process.on('unhandledRejection', onStray).on('uncaughtException', onStray);
after(() => process.off('unhandledRejection', onStray).off('uncaughtException', onStray));

type Act = (client: Client, place: Place, signal: AbortSignal) => Promise<unknown>;

interface Place {
  readonly chance: Chance;
  readonly directory: string;
  readonly stored: ReadonlyMap<string, Buffer>;
  readonly number: number;
}

const ACTS: { readonly [name: string]: Act } = {
  async download(client, { chance, directory, number }, signal) {
    const isLarge = chance() < 0.3;
    const target = join(directory, `file-${number}`);
    const options = { signal, segments: pick(chance, [1, 1, 2, 3]), resume: chance() < 0.3 };
    try {
      await client.download(isLarge ? '/large' : '/small', target, options);
    } catch (error) {
      await assert.rejects(readFile(target), 'A file that was not whole has its name');
      throw error;
    }
    assert.ok((await readFile(target)).equals(isLarge ? large : small), 'Other bytes were taken for the file');
  },
  async readBuffer(client, { chance }, signal) {
    const isLarge = chance() < 0.3;
    const bytes = await client.readBuffer(isLarge ? '/large' : '/small', { signal });
    assert.ok(bytes.equals(isLarge ? large : small), 'Other bytes were taken for the file');
  },
  async read(client, _place, signal) {
    const bytes = Buffer.concat(await collect<Buffer>(await client.read('/small', { signal, start: 100 })));
    assert.ok(bytes.equals(small.subarray(100)), 'Other bytes were taken for the file');
  },
  async upload(client, { chance, number, stored }, signal) {
    const bytes = chance() < 0.3 ? large : small;
    const path = `/up-${number}`;
    await client.upload(bytes, path, { signal, temporaryName: chance() < 0.3 });
    assert.ok(stored.get(path)?.equals(bytes), 'What the server stored is something else');
  },
  list: (client, _place, signal) => collect(client.list('/tree', { signal })),
  walk: (client, _place, signal) => collect(client.walk('/', { signal })),
  async leave(client, _place, signal) {
    for await (const _entry of client.walk('/', { signal })) break;
  },
  stat: (client, _place, signal) => client.stat('/small', { signal }),
  exists: (client, _place, signal) => client.exists('/nothing', { signal }),
  size: (client, _place, signal) => client.size('/large', { signal }),
  digest: (client, _place, signal) => client.digest('/small', 'SHA-256', { signal }),
  rename: (client, { number }, signal) => client.rename(`/up-${number}`, `/moved-${number}`, { signal }),
  remove: (client, { number }, signal) => client.removeDirectory(`/gone-${number}`, { recursive: true, signal }),
  makeDirectory: (client, _place, signal) => client.makeDirectory('/a/b/c', { recursive: true, signal }),
  async sync(client, { directory, number }, signal) {
    const to = join(directory, `tree-${number}`);
    await mkdir(to);
    await using local = await localStorage({ root: to });
    await collect(sync(asStorage(client), local, { from: resolvePath(ROOT, '/tree'), delete: true, signal }));
  },
};

for (const [index, end] of ranges()) {
  test(`The client stands a server that goes wrong at random, sessions ${index} to ${end - 1}`, async () => {
    const sessions = Array.from({ length: end - index }, (_, offset) => session(index + offset));
    const failures = (await Promise.allSettled(sessions)).flatMap((result) =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    assert.deepEqual(failures, []);
    await pause(20);
    assert.deepEqual(strays.splice(0), []);
    const left = process.getActiveResourcesInfo().filter((kind) => /^(TCP|Timeout|FSReq)/.test(kind));
    assert.deepEqual(left, []);
  });
}

async function session(seed: number): Promise<void> {
  const chance = chanceOf(seed);
  const mood: Mood = { mischief: pick(chance, [0.02, 0.05, 0.1, 0.2]) };
  const isStranger = chance() < 0.05;
  const certificate = isStranger ? await testCertificate(['localhost', '127.0.0.1']) : undefined;
  await using server = await startHostileServer({
    files,
    on: chaoticSteps(chance, mood),
    ...(certificate && { data: { certificate } }),
  });
  const directory = await mkdtemp(join(tmpdir(), 'lockport-chaos-'));
  try {
    const client = await connected();
    await Promise.all(Array.from({ length: 6 }, (_, number) => attempt(client, number)));
    mood.mischief = 0;
    if (!isStranger) await usable(client);
    await within(seed, 'close', client.close());
    await assertTidy(directory, seed);
  } finally {
    await rm(directory, { recursive: true });
  }

  async function connected(): Promise<Client> {
    for (let tries = 0; ; tries += 1) {
      if (tries >= 3) mood.mischief = 0;
      try {
        const connections = pick(chance, [1, 2, 3, 4]);
        const retry = { attempts: pick(chance, [1, 2, 3]), delayMs: 1, maxDelayMs: 5 };
        return await within(seed, 'connect', connectTo(server, { connections, retry, limits }));
      } catch (error) {
        assertOurs(error, seed, 'connect');
        assert.ok(tries < 6, `No connection to a server that behaves (seed ${seed}): ${String(error)}`);
      }
    }
  }

  async function attempt(client: Client, number: number): Promise<void> {
    const name = pick(chance, Object.keys(ACTS));
    const abort = new AbortController();
    const timer = chance() < 0.4 ? setTimeout(() => abort.abort(), chance() * 60) : undefined;
    try {
      await within(
        seed,
        name,
        (async () => ACTS[name]?.(client, { chance, directory, stored: server.files, number }, abort.signal))(),
      );
    } catch (error) {
      assertOurs(error, seed, name);
    } finally {
      clearTimeout(timer);
    }
  }

  async function usable(client: Client): Promise<void> {
    const failures: string[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      try {
        assert.ok((await within(seed, 'after', client.readBuffer('/small'))).equals(small));
        return;
      } catch (error) {
        assertOurs(error, seed, 'after');
        failures.push(String(error));
        // What is still on its way from before shows when it is here.
        await pause(20);
      }
    }
    assert.fail(`The client is of no use any more (seed ${seed}): ${failures.join('; ')}`);
  }
}

function assertOurs(error: unknown, seed: number, name: string): void {
  if (error instanceof ClientError) return;
  if (name === 'sync' && error instanceof Error && error.name === 'StorageError') return;
  throw new Error(`${name} failed in its own way (seed ${seed}): ${String(error)}`, { cause: error });
}

async function within<T>(seed: number, name: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} did not end (seed ${seed})`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Nothing is there but whole files, and what a download that may be gone on with keeps on purpose. A sync may have got the
 * files of another directory: a CWD that is said to be done and is not is believed.
 */
async function assertTidy(directory: string, seed: number): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  const odd = names.filter(
    (name) => !/^(file-\d(\.lockport-part(\.json)?)?|tree-\d(\/([^./][^/]*|\.lockport-\w+\.partial))*)$/.test(name),
  );
  assert.deepEqual(odd, [], `seed ${seed}`);
}

function ranges(): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.ceil(SESSIONS / AT_ONCE) }, (_, index) => {
    const start = FIRST + index * AT_ONCE;
    return [start, Math.min(start + AT_ONCE, FIRST + SESSIONS)] as const;
  });
}
