import { Buffer } from 'node:buffer';

const IAC = 0xff;
const DONT = 0xfe;
const DO = 0xfd;
const WONT = 0xfc;
const WILL = 0xfb;
/** The first command byte of Telnet (SE). No smaller byte can follow IAC. */
const FIRST_COMMAND = 0xf0;

/**
 * The state of the stream: in data, after IAC, or before the number of an option (`refusal` is the answer to it; 0: none).
 */
type State = 'data' | 'command' | { readonly refusal: number };

/** The data of a chunk without Telnet commands, and the bytes that must be sent back for them. */
export interface Filtered {
  readonly data: Buffer;
  readonly answers: Buffer;
}

const NOTHING = Buffer.alloc(0);

/**
 * Removes Telnet commands from the control connection (RFC 854). IAC IAC is a byte 255 of data. IP, DM, AYT and the other
 * commands mean nothing to FTP and are dropped. Every option is refused (RFC 1123 section 4.1.2.12). A command may be split
 * over several chunks.
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

  /** Drops an incomplete command, and returns the number of its bytes. */
  discard(): number {
    const bytes = this.#state === 'data' ? 0 : this.#state === 'command' ? 1 : 2;
    this.#state = 'data';
    return bytes;
  }

  /**
   * Processes one byte of a command. A byte that cannot follow IAC is data: the command byte in between was sent as urgent
   * data and is not in the stream.
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
