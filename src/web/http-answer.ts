import type { ServerResponse } from 'node:http';
import { WebFailure } from './problem.ts';

/** What is sent back. */
export interface AnswerToBrowser {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: none, or what `pour` sends. */
  readonly body?: string | Uint8Array;
  /** Sends the body piece by piece. What breaks off is left without its end, so that nobody takes it for whole. */
  readonly pour?: (out: AnswerBody) => Promise<void>;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): AnswerToBrowser {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export const DONE: AnswerToBrowser = { status: 204 };

/** Takes the bytes of an answer, as fast as its client reads. */
export class AnswerBody {
  readonly #response: ServerResponse;
  readonly #stallMs: number;

  constructor(response: ServerResponse, stallMs: number) {
    this.#response = response;
    this.#stallMs = stallMs;
  }

  /** Resolves when the memory of the bytes is free again. @throws Error where the client has left, or reads nothing for too long */
  async write(bytes: Uint8Array): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const gone = () => reject(new WebFailure(408, 'too-slow', 'The client has left'));
    const timer = setTimeout(gone, this.#stallMs);
    this.#response.once('close', gone);
    this.#response.write(bytes, (error) => (error ? reject(error) : resolve()));
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#response.off('close', gone);
    }
  }
}
