import type { ConnectionOptions } from 'node:tls';
import { decodeText } from '../core/index.ts';
import { matchesStarPattern, STAR } from '../protocol/index.ts';
import { RawClient, type RawDataProtection, type RawReply } from './raw-client.ts';
import type { RawData } from './raw-data.ts';
import { type ExpectedLine, parseTranscript, type Step } from './transcript-page.ts';

/** The server that a page is played against: any FTP server. */
export interface TranscriptTarget {
  readonly host?: string;
  readonly explicitPort: number;
  readonly implicitPort: number;
  readonly tls?: ConnectionOptions;
}

/** The server answered otherwise than the page says. */
export class TranscriptMismatch extends Error {
  override readonly name = 'TranscriptMismatch';
}

/**
 * Plays a page of conversation: sends its `C:` lines, compares what comes with its `S:` lines. In those `*` stands for
 * anything, a line `S: ...` for any number of lines; a single `S: 220 text` also takes a reply of many lines, by its
 * last one. Directions:
 *
 * - `-- server NAME`: which arrangement of the server the page is about; left to whoever starts the server
 * - `-- implicit`: TLS before the greeting, on the implicit port; comes first
 * - `-- tls`: the handshake, on the control connection
 * - `-- sign in NAME PASSWORD`: AUTH TLS, USER, PASS, PBSZ, PROT P, TYPE I
 * - `-- data`, `-- data unresumed`, `-- data clear`: connect to the port of the last 227 or 229, in TLS that continues
 *   the session, in TLS of its own (it goes on when the server begins it), in clear
 * - `-- upload "text"`: send all on that connection and end it; `-- part "text"`: send, and keep it open
 * - `-- download "text"`: all that comes on it, to its end
 * - `-- send "bytes"`: on the control connection, exactly these; `\u00ff` is the byte FF
 * - `-- end`: the server ends the control connection, without another word
 *
 * @throws TranscriptMismatch that names the line of the page, what it expects and what came.
 */
export async function playTranscript(page: string, target: TranscriptTarget): Promise<void> {
  const { steps } = parseTranscript(page);
  const implicit = steps.some((step) => step.kind === 'direction' && step.direction === 'implicit');
  const port = implicit ? target.implicitPort : target.explicitPort;
  await using client = await RawClient.connect({ ...target, port, implicit });
  const player = new Player(client);
  try {
    for (const step of steps) await player.play(step);
  } finally {
    await player.closeData();
  }
}

class Player {
  readonly #client: RawClient;
  #dataPort = 0;
  #data: RawData | undefined;

  constructor(client: RawClient) {
    this.#client = client;
  }

  async play(step: Step): Promise<void> {
    try {
      await this.#perform(step);
    } catch (error) {
      if (error instanceof TranscriptMismatch) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new TranscriptMismatch(`Line ${step.line}: ${reason}`, { cause: error });
    }
  }

  async closeData(): Promise<void> {
    await this.#data?.[Symbol.asyncDispose]();
    this.#data = undefined;
  }

  async #perform(step: Step): Promise<void> {
    if (step.kind === 'command') {
      this.#client.send(step.text);
    } else if (step.kind === 'reply') {
      const reply = await this.#client.reply();
      compareReply(step.expected, reply);
      this.#dataPort = passivePort(reply) ?? this.#dataPort;
    } else {
      await this.#direct(step);
    }
  }

  async #direct({ direction, argument, line }: Step & { readonly kind: 'direction' }): Promise<void> {
    switch (direction) {
      case 'server':
      case 'implicit':
        return;
      case 'tls':
        await this.#client.secure();
        return;
      case 'sign in': {
        const [user = '', password = ''] = argument.split(' ');
        await this.#client.signIn(user, password);
        return;
      }
      case 'data':
        await this.closeData();
        this.#data = await this.#client.data(this.#dataPort, protectionOf(argument));
        return;
      case 'upload':
        await this.#connection().send(bytesOf(argument));
        return;
      case 'part':
        await this.#connection().write(bytesOf(argument));
        return;
      case 'download': {
        const received = decodeText(await this.#connection().receive());
        if (!matches(textOf(argument), received)) mismatch(line, textOf(argument), received);
        return;
      }
      case 'send':
        this.#client.write(textOf(argument));
        return;
      case 'end': {
        const further = await this.#client.ended();
        if (further.length > 0) mismatch(line, 'the end of the connection', further[0]?.lines.join('\n') ?? '');
      }
    }
  }

  #connection(): RawData {
    if (this.#data === undefined) throw new Error('There is no data connection: -- data comes first');
    return this.#data;
  }
}

function compareReply(expected: readonly ExpectedLine[], { lines }: RawReply): void {
  const [first] = expected;
  if (first === undefined) return;
  const given = expected.length === 1 ? lines.slice(-1) : lines;
  let at = 0;
  for (const [index, { line, pattern }] of expected.entries()) {
    if (pattern === '...') {
      const next = expected[index + 1]?.pattern ?? '*';
      while (at < given.length - 1 && !matches(next, given[at] ?? '')) at += 1;
    } else {
      if (!matches(pattern, given[at] ?? '')) mismatch(line, pattern, given.slice(at).join('\n'));
      at += 1;
    }
  }
  if (at < given.length) mismatch(expected.at(-1)?.line ?? first.line, 'no further line', given.slice(at).join('\n'));
}

function matches(pattern: string, text: string): boolean {
  const tests = Array.from(pattern, (symbol) => (symbol === '*' ? STAR : (character: string) => character === symbol));
  return matchesStarPattern(tests, Array.from(text));
}

function mismatch(line: number, expected: string, got: string): never {
  throw new TranscriptMismatch(`Line ${line}\n  expected: ${expected}\n  got:      ${got}`);
}

function passivePort({ code, lines }: RawReply): number | undefined {
  const text = lines.at(-1) ?? '';
  if (code === 229) return Number(/\|(\d+)\|\)/.exec(text)?.[1]);
  if (code !== 227) return undefined;
  const [, high, low] = /\d+,\d+,\d+,\d+,(\d+),(\d+)/.exec(text) ?? [];
  return Number(high) * 256 + Number(low);
}

function protectionOf(argument: string): RawDataProtection {
  if (argument === '') return 'resumed';
  if (argument === 'unresumed' || argument === 'clear') return argument;
  throw new SyntaxError(`Not a protection of data: ${argument}`);
}

/** A quoted text, with the escapes of JSON. */
function textOf(argument: string): string {
  const text: unknown = JSON.parse(argument);
  if (typeof text !== 'string') throw new SyntaxError(`Not a quoted text: ${argument}`);
  return text;
}

function bytesOf(argument: string): Uint8Array {
  return new TextEncoder().encode(textOf(argument));
}
