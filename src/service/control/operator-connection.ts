import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { printable } from '../../core/index.ts';
import { type CarriedOut, carryOut, isOperatorFailure, type OperatedService } from '../operators/index.ts';
import { LineTooLong, linesOf, sendLine } from './lines.ts';
import { CONTROL_PROTOCOL, MAX_REQUEST_BYTES, PART_CHARACTERS } from './protocol.ts';
import { isSameKey } from './socket-key.ts';

/** For the other side to read some of an answer. */
const FLUSH_MS = 10_000;
/** A pause follows each request: as long as that took ten times over, and between these. */
const PAUSE = { factor: 10, leastMs: 20, mostMs: 1000 } as const;

const KEY = z.strictObject({ key: z.string() });
/** The user that asks, for the record. */
const BY = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => printable(text) === text);
const REQUEST = z.strictObject({ id: z.int(), procedure: z.string().max(100), request: z.unknown(), by: BY });

/** One connection of an operator. It carries out one request at a time, and reads no further meanwhile. */
export class OperatorConnection {
  readonly #socket: Socket;
  #isBusy = false;
  #lastRequest = performance.now();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
  }

  /** Whether the service works for it. Who does not read an answer is not busy. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** On the clock of `performance.now`. */
  get lastRequest(): number {
    return this.#lastRequest;
  }

  /** Serves until the other side ends, or does not keep to the rules. Never rejects. */
  async serve(service: Promise<OperatedService>, version: string, key: string): Promise<void> {
    try {
      await this.#send({ lockport: version, protocol: CONTROL_PROTOCOL });
      let isKnown = false;
      for await (const line of linesOf(this.#socket, MAX_REQUEST_BYTES)) {
        if (!isKnown) {
          isKnown = showsKey(line, key);
          if (isKnown) continue;
          return await this.#refuse('This is not the key of the socket, which stands in a file beside it');
        }
        if (!(await this.#answer(await service, line))) return;
      }
    } catch (error) {
      if (!(error instanceof LineTooLong)) return this.destroy();
      await this.#refuse('The request is too long').catch(() => undefined);
    } finally {
      this.#close();
    }
  }

  /** What was sent before still reaches the other side, if that reads it in time. */
  #close(): void {
    this.#socket.setTimeout(FLUSH_MS, () => this.destroy());
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Whether the connection may go on. */
  async #answer(service: OperatedService, line: string): Promise<boolean> {
    const request = requestIn(line);
    if (!request) {
      await this.#refuse('This is no request');
      return false;
    }
    this.#isBusy = true;
    const began = performance.now();
    const { id, procedure, by } = request;
    const outcome = await carryOut(service, procedure, request.request, by);
    this.#isBusy = false;
    this.#lastRequest = performance.now();
    const took = this.#lastRequest - began;
    if (isOperatorFailure(outcome)) await this.#send({ id, ...outcome });
    else await this.#sendAnswer(id, outcome);
    await sleep(Math.min(PAUSE.mostMs, Math.max(PAUSE.leastMs, took * PAUSE.factor)), undefined, { ref: false });
    return true;
  }

  async #sendAnswer(id: number, { answer, list }: CarriedOut): Promise<void> {
    let [part, characters]: [unknown[], number] = [[], 0];
    for (const item of list?.items ?? []) {
      part.push(item);
      characters += JSON.stringify(item).length;
      if (characters < PART_CHARACTERS) continue;
      await this.#send({ id, list: list?.name, part });
      [part, characters] = [[], 0];
    }
    if (list && part.length > 0) await this.#send({ id, list: list.name, part });
    await this.#send({ id, answer, ...(list && { list: list.name }) });
  }

  #refuse(message: string): Promise<void> {
    return this.#send({ id: null, failed: 'invalid-request', message });
  }

  #send(object: object): Promise<void> {
    return sendLine(this.#socket, object, FLUSH_MS);
  }
}

function showsKey(line: string, key: string): boolean {
  const given = KEY.safeParse(jsonIn(line)).data;
  return given !== undefined && isSameKey(given.key, key);
}

function requestIn(line: string): z.infer<typeof REQUEST> | undefined {
  return REQUEST.safeParse(jsonIn(line)).data;
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
