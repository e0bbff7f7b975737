import { Buffer } from 'node:buffer';

const IAC = 0xff;
const DONT = 0xfe;
const DO = 0xfd;
const WONT = 0xfc;
const WILL = 0xfb;
/** The first of Telnet's command bytes (SE); what lies below can't follow IAC. */
const FIRST_COMMAND = 0xf0;

/**
 * Where the stream stands: in data, behind IAC, or before the number of an option (`refusal` answers it, 0: nothing).
 */
type State = 'data' | 'command' | { readonly refusal: number };

/** What a chunk was without Telnet's commands, and what must be sent back for them. */
export interface Filtered {
  readonly data: Buffer;
  readonly answers: Buffer;
}

const NOTHING = Buffer.alloc(0);

/**
 * Takes Telnet commands out of the control connection (RFC 854). IAC IAC is a byte 255 of data; IP, DM, AYT and the
 * rest mean nothing to FTP and vanish; every option is refused (RFC 1123 section 4.1.2.12). State is kept over chunks.
 */
export class TelnetFilter {
  #state: State = 'data';

  push(chunk: Buffer): Filtered {
    if (this.#state === 'data' && !chunk.includes(IAC)) return { data: chunk, answers: NOTHING };
    const data = Buffer.allocUnsafe(chunk.length);
    const answers: number[] = [];
    let length = 0;
    for (let index = 0; index < chunk.length; ) {
      if (this.#state === 'data') {
        const next = chunk.indexOf(IAC, index);
        const end = next === -1 ? chunk.length : next;
        length += chunk.copy(data, length, index, end);
        if (next !== -1) this.#state = 'command';
        index = end + 1;
        continue;
      }
      const byte = chunk[index] ?? 0;
      if (this.#takesAsData(byte, answers)) data[length++] = byte;
      index += 1;
    }
    return { data: data.subarray(0, length), answers: Buffer.from(answers) };
  }

  /** Forgets a command of which only a part came; says how many bytes that were. */
  discard(): number {
    const bytes = this.#state === 'data' ? 0 : this.#state === 'command' ? 1 : 2;
    this.#state = 'data';
    return bytes;
  }

  /**
   * Goes on by one byte of a command. A byte that can't follow IAC is data: the command byte between them went as
   * urgent data, out of the stream.
   */
  #takesAsData(byte: number, answers: number[]): boolean {
    if (typeof this.#state === 'object') {
      const { refusal } = this.#state;
      if (refusal !== 0) answers.push(IAC, refusal, byte);
      this.#state = 'data';
      return false;
    }
    if (byte >= WILL && byte <= DONT) {
      this.#state = { refusal: byte === WILL ? DONT : byte === DO ? WONT : 0 };
      return false;
    }
    this.#state = 'data';
    return byte === IAC || byte < FIRST_COMMAND;
  }
}
