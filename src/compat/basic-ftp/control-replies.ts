import type { Buffer } from 'node:buffer';
import { LineSplitter, type Reply, ReplyFailure, ReplyReader } from '../../protocol/index.ts';
import type { FTPResponse } from './ftp-error.ts';
import { limits } from './limits.ts';

const { maxLineBytes, maxReplyBytes, maxReplyLines } = limits;

/** Makes replies of the bytes of a control connection, in bounded memory and linear time. */
export class ControlReplies {
  readonly #decode: (bytes: Uint8Array) => string;
  readonly #splitter = new LineSplitter(maxLineBytes);
  readonly #reader: ReplyReader;
  /** Of the reply that comes, as they are. */
  #lines: string[] = [];

  constructor(decode: (bytes: Uint8Array) => string) {
    this.#decode = decode;
    this.#reader = new ReplyReader({ decode, maxReplyBytes, maxReplyLines });
  }

  /** Adds what came; gives what must be sent back at once (refusals of Telnet options). */
  push(chunk: Buffer): Buffer {
    return this.#splitter.push(chunk);
  }

  /** The next whole reply. @throws ReplyFailure when one passes a limit */
  next(): FTPResponse | undefined {
    for (let line = this.#splitter.next(); line !== undefined; line = this.#splitter.next()) {
      if (line.length === 0) continue;
      const reply = this.#read(line);
      // A line without a code, outside of a reply: some servers chat.
      if (line !== 'too-long' && (reply || this.#reader.isPartial)) this.#lines.push(this.#decode(line));
      if (!reply) continue;
      const message = this.#lines.join('\n');
      this.#lines = [];
      return { code: reply.code, message };
    }
    return undefined;
  }

  /** Throws away what was not given out, and says whether there was anything. */
  discard(): boolean {
    const wasPartial = this.#reader.isPartial;
    return this.#splitter.discard() > 0 || wasPartial;
  }

  #read(line: Buffer | 'too-long'): Reply | undefined {
    try {
      return this.#reader.push(line);
    } catch (error) {
      if (error instanceof ReplyFailure && error.code === 'malformed') return undefined;
      throw error;
    }
  }
}
