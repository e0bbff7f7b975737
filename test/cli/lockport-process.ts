import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { ListenerMode } from '../../src/core/index.ts';
import { RawClient } from '../../src/testing/raw-client.ts';

export const BIN = fileURLToPath(new URL('../../bin/lockport', import.meta.url));

/**
 * Starts of one test file after another share what Node compiles: a command spends most of its time on its sources. It would be
 * kept in the home otherwise, among the files of a test.
 */
const COMPILED = mkdtempSync(join(tmpdir(), 'lockport-compiled-'));
process.once('exit', () => rmSync(COMPILED, { recursive: true, force: true, maxRetries: 3 }));

/** For servers that are started beside others: they would all want the port of the console, and a process for it. */
export const NO_CONSOLE = { LOCKPORT_ADMIN_ENABLED: 'false' };

/** nobody, on every system that the tests run on. */
export const NOBODY = 65_534;

export interface RunOptions {
  readonly input?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** Default: a directory without a lockport.yaml. */
  readonly cwd?: string;
  /** Root may run it as someone else. */
  readonly uid?: number;
  readonly bin?: string;
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A directory that is gone when the test is over. Others may enter it, for servers that run as another user. */
export async function temporaryDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-cli-'));
  await chmod(directory, 0o777);
  // A server that is ending may still write there.
  context.after(() => rm(directory, { recursive: true, force: true, maxRetries: 10 }));
  return directory;
}

/** Runs `bin/lockport` to its end; what does not end is ended, and has no exit code. */
export async function lockport(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = start(args, options, 200_000);
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, output, errors };
}

/** A `lockport serve --log json` on free ports of 127.0.0.1, that has begun to listen. It ends with the test. */
export async function serve(
  context: TestContext,
  dataDir: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<LockportProcess> {
  const base = ['serve', '--data-dir', dataDir, '--log', 'json'];
  const ports =
    args.includes('--listen') || options.environment?.['LOCKPORT_LISTENERS']
      ? []
      : ['--listen', '127.0.0.1', '--explicit-port', '0', '--implicit-port', '0'];
  const server = new LockportProcess(start([...base, ...ports, ...args], options), dataDir);
  context.after(() => server.kill());
  await server.event((event) => event['event'] === 'listening' && event['mode'] === 'implicit');
  return server;
}

/** What `--log json` writes to standard error at the first start. */
interface FirstAccountRecord {
  readonly account: string;
  readonly password: string;
  /** The file that it lies in. */
  readonly certificate: string;
  readonly fingerprint: string;
  readonly pin: string;
}

type LogRecord = Readonly<Record<string, unknown>>;

export class LockportProcess {
  readonly dataDir: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #waiting = new Set<() => void>();
  #output = '';
  #errors = '';

  constructor(child: ReturnType<typeof start>, dataDir: string) {
    this.dataDir = dataDir;
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      this.#output += part;
      for (const look of this.#waiting) look();
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      this.#errors += part;
    });
    this.#closed = once(child, 'close');
    child.once('close', () => {
      for (const look of this.#waiting) look();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Standard output so far: the log. */
  get output(): string {
    return this.#output;
  }

  get errors(): string {
    return this.#errors;
  }

  /** The records of the log so far. */
  get log(): LogRecord[] {
    const whole = this.#output.slice(0, this.#output.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  /** The first record that fits, from those that were logged or will be. @throws when the server ends without it */
  async event(fits: (record: LogRecord) => boolean): Promise<LogRecord> {
    const { promise, resolve, reject } = Promise.withResolvers<LogRecord>();
    const look = () => {
      const found = this.log.find(fits);
      if (found) resolve(found);
      else if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        reject(new Error(`The server ended\n${this.#output}\n${this.#errors}`));
    };
    this.#waiting.add(look);
    look();
    return promise.finally(() => this.#waiting.delete(look));
  }

  port(mode: ListenerMode): number {
    return Number(this.#listener(mode)['port']);
  }

  /** What the first start has told on standard error; it comes after the listening lines. */
  async firstAccount(): Promise<FirstAccountRecord> {
    return (await this.#told('first-account')) as FirstAccountRecord;
  }

  /** Where somebody becomes the first owner, as a start without an administrator tells on standard error. */
  async ownerLink(): Promise<string> {
    const { url } = (await this.#told('owner-link')) as { readonly url: string };
    return url;
  }

  async #told(event: string): Promise<unknown> {
    for (;;) {
      const whole = this.#errors.slice(0, this.#errors.lastIndexOf('\n') + 1).split('\n');
      const line = whole.find((each) => each.startsWith(`{"event":"${event}"`));
      if (line !== undefined) return JSON.parse(line);
      await once(this.#child.stderr ?? this.#child, 'data');
    }
  }

  /** A client that trusts the server's own certificate; the greeting is unread. */
  async connect(tls: ConnectionOptions = {}): Promise<RawClient> {
    const ca = await readFile(join(this.dataDir, 'tls', 'certificate.pem'), 'utf8');
    return RawClient.connect({
      host: String(this.#listener('explicit')['address']),
      port: this.port('explicit'),
      tls: { ca, ...tls },
    });
  }

  #listener(mode: ListenerMode): LogRecord {
    return this.log.find((record) => record['event'] === 'listening' && record['mode'] === mode) ?? {};
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code, once it has ended; undefined where a signal ended it. */
  async ended(): Promise<number | undefined> {
    await this.#closed;
    return this.#child.exitCode ?? undefined;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

function start(args: readonly string[], { environment, cwd = tmpdir(), uid, bin = BIN }: RunOptions, timeout = 0) {
  const console = args[0] === 'serve' && !args.includes('--admin-port') ? NO_CONSOLE : {};
  return spawn(bin, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', NODE_COMPILE_CACHE: COMPILED, ...console, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout,
    ...(uid !== undefined && { uid, gid: uid }),
  });
}
