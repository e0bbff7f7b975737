import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { isFileLocked } from '../../database/index.ts';
import { pathsIn } from '../data-directory.ts';
import type { AnswerOf, OperatorFailureCode, ProcedureName, RequestOf } from '../operators/index.ts';
import { systemCode } from '../system-error.ts';
import { ControlError } from './control-error.ts';
import { linesOf, sendLine } from './lines.ts';
import { CONTROL_PROTOCOL, type ControlAnswer, type Greeting, MAX_ANSWER_LINE_BYTES } from './protocol.ts';
import { socketAddress } from './socket-address.ts';
import { readSocketKey } from './socket-key.ts';

/** Without a byte of an answer for so long, the server counts as lost. Its own waits are shorter. */
const SILENCE_MS = 60_000;

export interface ControlClientOptions {
  readonly dataDir: string;
  /** The version of this program, for the message where the server has another one. */
  readonly version: string;
  /** The command that starts the server, for the message where none runs. */
  readonly howToServe: string;
  /** Who asks, for the record of what is changed. */
  readonly operator: string;
  /** Breaks everything off. */
  readonly signal?: AbortSignal;
}

/** A connection to the server that runs on a data directory. One call at a time. */
export class ControlClient implements Disposable {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;
  readonly #operator: string;
  #calls = 0;

  private constructor(socket: Socket, operator: string) {
    this.#operator = operator;
    this.#socket = socket;
    this.#lines = linesOf(socket, MAX_ANSWER_LINE_BYTES);
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('error', () => undefined);
  }

  /** @throws ControlError `no-server`, `not-allowed`, `other-version`, `lost` */
  static async connect(options: ControlClientOptions): Promise<ControlClient> {
    const client = new ControlClient(await connected(options), options.operator);
    try {
      const { lockport, protocol } = (await client.#nextLine()) as Partial<Greeting>;
      if (protocol === CONTROL_PROTOCOL) {
        await client.#showKey(options);
        return client;
      }
      throw new ControlError(
        'other-version',
        `The server that runs is Lockport ${lockport ?? 'of an unknown version'}, and this is ${options.version}: restart it, or use its own command`,
      );
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  /** @throws ControlError */
  async call<Name extends ProcedureName>(procedure: Name, request: RequestOf<Name>): Promise<AnswerOf<Name>> {
    this.#calls += 1;
    const id = this.#calls;
    await sendLine(this.#socket, { id, procedure, request, by: this.#operator }, SILENCE_MS).catch((cause) => {
      throw lost(cause);
    });
    const items: unknown[] = [];
    for (;;) {
      const line = (await this.#nextLine()) as ControlAnswer;
      if ('failed' in line) throw new ControlError(line.failed as OperatorFailureCode, line.message);
      if ('part' in line) items.push(...line.part);
      else return { ...line.answer, ...(line.list !== undefined && { [line.list]: items }) } as AnswerOf<Name>;
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #showKey({ dataDir, howToServe }: ControlClientOptions): Promise<void> {
    let key: string;
    try {
      key = readSocketKey(pathsIn(dataDir).control);
    } catch (error) {
      throw refused(error, dataDir, howToServe);
    }
    await sendLine(this.#socket, { key }, SILENCE_MS).catch((cause) => {
      throw lost(cause);
    });
  }

  async #nextLine(): Promise<unknown> {
    try {
      const { done, value } = await this.#lines.next();
      if (!done) return JSON.parse(value);
    } catch (cause) {
      throw lost(cause);
    }
    throw lost();
  }
}

function lost(cause?: unknown): ControlError {
  return new ControlError('lost', 'The server ended, or does not answer', { cause });
}

async function connected({ dataDir, howToServe, signal }: ControlClientOptions): Promise<Socket> {
  const file = pathsIn(dataDir).control;
  try {
    using address = socketAddress(file);
    if (!address) throw new ControlError('no-server', `The path ${file} is too long for a socket here`);
    const socket = createConnection({ path: address.path, ...(signal && { signal }) });
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    if (error instanceof ControlError) throw error;
    throw refused(error, dataDir, howToServe);
  }
}

/** A socket whose server was killed refuses. */
function refused(cause: unknown, dataDir: string, howToServe: string): ControlError {
  const code = systemCode(cause) ?? '';
  if (['EACCES', 'EPERM'].includes(code)) {
    const message = `The server of ${dataDir} belongs to another user: run this as that user, or as root`;
    return new ControlError('not-allowed', message, { cause });
  }
  if (['ENOENT', 'ECONNREFUSED', 'ENOTDIR'].includes(code)) {
    if (isHeld(pathsIn(dataDir).lock)) {
      const message = `The server of ${dataDir} has no control socket: it is of an older version, begins or ends just now, or has warned of it at its start`;
      return new ControlError('no-socket', message, { cause });
    }
    return new ControlError(
      'no-server',
      `No server runs on the data directory ${dataDir}: start one by "${howToServe}", or name the right place by --data-dir`,
      { cause },
    );
  }
  const message = `The server of ${dataDir} can't be reached: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new ControlError('lost', message, { cause });
}

function isHeld(lock: string): boolean {
  try {
    return isFileLocked(lock);
  } catch {
    return false;
  }
}
