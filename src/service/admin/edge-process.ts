import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { background, type Publish, waitAtMost } from '../../core/index.ts';
import { beatEveryMs, Heartbeat } from '../workers/heartbeat.ts';
import { replacementDelayMs } from '../workers/replacement.ts';
import { type Implementation, RpcServer } from '../workers/rpc.ts';
import { AnswerStreams, type MadeAnswer } from './answer-streams.ts';
import type { ApiProcedures, EdgeStart, EdgeTls, FromEdge, HttpRequest, ToEdge } from './messages.ts';

const EXTENSION = path.extname(import.meta.filename);
/** The program. It is next to this file, both in the sources and in the build. */
const ENTRY = path.join(import.meta.dirname, `edge-main${EXTENSION}`);
/** What the program is made of, as it is as a source; the bundled program is whole by itself. */
const PROGRAM = [
  path.join(import.meta.dirname, '*'),
  path.join(import.meta.dirname, '..', 'workers', `rpc${EXTENSION}`),
  // Types and pure functions.
  path.join(import.meta.dirname, '..', '..', 'core', '*'),
];
/** SQLite opens files by itself: the permission model of Node 22 to 26 does not see it, and it would read the database. */
const NO_SQLITE = '--no-experimental-sqlite';
/** The time to open the port. */
const START_MS = 30_000;
const END_MS = 2000;

/** The options of Node for a process that can read its program, and else no file, write none, and start nothing. */
export function confinement(): readonly string[] {
  // Node 25 and later keep from the network, too, what is not allowed to use it.
  const network = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : [];
  return ['--permission', NO_SQLITE, ...network, ...PROGRAM.map((file) => `--allow-fs-read=${file}`)];
}

type MakeAnswer = (request: HttpRequest, signal: AbortSignal) => Promise<MadeAnswer>;

/** The port of administrators could not be opened. */
export class EdgeError extends Error {
  override readonly name = 'EdgeError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Keeps one process that speaks HTTP with administrators. It is started anew whenever it ends, at the same port, with
 * growing pauses where it does not live long. Disposing it ends the process.
 */
export class EdgeProcess implements AsyncDisposable {
  readonly #answer: MakeAnswer;
  readonly #publish: Publish;
  readonly #ending = new AbortController();
  #start: EdgeStart;
  #child: ChildProcess | undefined;

  constructor(start: EdgeStart, answer: MakeAnswer, publish: Publish) {
    this.#start = start;
    this.#answer = answer;
    this.#publish = publish;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws EdgeError */
  async listen(): Promise<{ readonly address: string; readonly port: number }> {
    const began = performance.now();
    const { listening, ended } = this.#spawn();
    const bound = await listening;
    // Clients know it: the next process takes the same one.
    this.#start = { ...this.#start, port: bound.port };
    background(this.#keep(ended, began), () => undefined);
    return bound;
  }

  renew(tls: EdgeTls | undefined): void {
    if (!tls || !this.#start.tls) return;
    this.#start = { ...this.#start, tls };
    this.#tell({ note: 'renew', value: tls });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    if (child.connected) child.disconnect();
    await waitAtMost(ended, END_MS);
    child.kill('SIGKILL');
  }

  async #keep(ended: Promise<string>, began: number): Promise<void> {
    let [current, since, delayMs] = [ended, began, 0];
    for (;;) {
      const how = await current;
      if (this.#ending.signal.aborted) return;
      delayMs = replacementDelayMs(performance.now() - since, delayMs);
      const message = `The process of the API ended (${how}); another one begins`;
      this.#publish({ event: 'warning', message: `${message}${delayMs > 0 ? ` in ${delayMs} ms` : ''}` });
      await sleep(delayMs, undefined, { signal: this.#ending.signal });
      since = performance.now();
      const next = this.#spawn();
      background(next.listening, () => undefined);
      current = next.ended;
    }
  }

  #spawn(): { readonly listening: Promise<{ address: string; port: number }>; readonly ended: Promise<string> } {
    // Its environment is empty: NODE_OPTIONS could open what is closed, and secrets may stand in others.
    const child = fork(ENTRY, [], {
      execArgv: [...confinement()],
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    const { maxAdminStreams, adminAnswerMs } = this.#start.limits;
    const streams = new AnswerStreams(maxAdminStreams, adminAnswerMs);
    const procedures: Implementation<ApiProcedures> = {
      answer: async (request, signal) => streams.handOver(await this.#answer(request, signal), signal),
      nextPart: ({ stream }, signal) => streams.next(stream, signal),
      endStream: ({ stream }) => {
        streams.end(stream);
        return undefined;
      },
    };
    const server = new RpcServer<ApiProcedures>(procedures, (answer) => this.#tell(answer, child));
    const { promise: listening, resolve, reject } = Promise.withResolvers<{ address: string; port: number }>();
    let failure: string | undefined;
    const heartbeat = new Heartbeat();
    let beats: NodeJS.Timeout | undefined;
    const beat = () => {
      if (!heartbeat.beat()) return this.#tell({ note: 'beat' }, child);
      failure = 'it hung';
      child.kill('SIGKILL');
    };
    const late = setTimeout(() => child.kill('SIGKILL'), START_MS).unref();
    child.on('message', (value) => {
      const message = value as FromEdge;
      if ('call' in message || 'cancel' in message) background(server.receive(message), () => undefined);
      else if (message.note === 'listening') {
        clearTimeout(late);
        beats ??= setInterval(beat, beatEveryMs(this.#start.limits.workerSilenceMs)).unref();
        resolve(message.value);
      } else if (message.note === 'alive') {
        heartbeat.answered();
      } else {
        failure = message.value.message;
        reject(new EdgeError(message.value.code ?? 'failed', message.value.message));
      }
    });
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const gone = (how: string) => {
      clearTimeout(late);
      clearInterval(beats);
      server.close();
      streams[Symbol.dispose]();
      reject(new EdgeError('failed', `its process ended by ${how}`));
      end(failure ?? how);
    };
    child.once('close', (code, signal) => gone(signal ?? `exit code ${code}`));
    child.once('error', (error) => gone(error.message));
    this.#tell({ note: 'start', value: this.#start }, child);
    return { listening, ended };
  }

  /** A message to a process that has ended fails; its end is told otherwise. */
  #tell(message: ToEdge, child = this.#child): void {
    if (child?.connected) child.send(message, () => undefined);
  }
}
