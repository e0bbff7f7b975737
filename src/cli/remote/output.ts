import { once } from 'node:events';
import process from 'node:process';
import { ClientError, HostKeyError } from '../../client/index.ts';
import { encodeText, printable, StorageError } from '../../core/index.ts';
import { type ExitName } from '../exit-codes.ts';
import { LocalError } from '../local-error.ts';
import type { RunFlags } from './flags.ts';
import { hintFor } from './hints.ts';
import { StatusLines } from './status-lines.ts';
import { trustAdvice } from './trust-advice.ts';

/** Where a verb says what it has to say: results on standard output, everything else on standard error. */
export class Output {
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly status: StatusLines;
  readonly #signal: AbortSignal;

  constructor(
    { json = false, quiet = false }: RunFlags,
    signal: AbortSignal,
    status: StatusLines = new StatusLines(process.stderr),
  ) {
    this.isJson = json;
    this.isQuiet = quiet;
    this.status = status;
    this.#signal = signal;
  }

  /** The same for a part of the run that has a signal of its own. */
  ofPart(signal: AbortSignal): Output {
    return new Output({ json: this.isJson, quiet: this.isQuiet }, signal, this.status);
  }

  /** Whether results go to a terminal: then nothing in them may act on it. */
  get isOnTerminal(): boolean {
    return process.stdout.isTTY === true;
  }

  /** A result: the object as a line of JSON, or for people as these lines. */
  async result(object: object, ...lines: readonly string[]): Promise<void> {
    await this.styledResult(object, ...(this.isOnTerminal ? lines.map(printable) : lines));
  }

  /** The same with lines that are safe to print as they are. JSON is made so: it knows another spelling of each character. */
  async styledResult(object: object, ...lines: readonly string[]): Promise<void> {
    for (const line of this.isJson ? [printable(JSON.stringify(object))] : lines)
      await this.#write(encodeText(`${line}\n`));
  }

  /** What a user may like to know while it goes on. */
  note(text: string): void {
    if (!this.isQuiet) this.say(text);
  }

  warn(message: string): void {
    this.note(`lockport: ${message}`);
  }

  /** What must be said to whoever asked for quiet too. */
  say(text: string): void {
    this.status.clear();
    process.stderr.write(`${text}\n`);
  }

  /** Tells of a failure, of `subject` where there are several. Gives the exit code. */
  async failure(error: unknown, subject?: string): Promise<ExitName> {
    // It knows the errors of all rooms: not to be loaded before there is one.
    const { describeFailure } = await import('../failures.ts');
    const { message, exit } = await describeFailure(error);
    if (this.isJson) {
      await this.result({ error: { ...errorFacts(error, message), ...(subject !== undefined && { subject }) } });
    } else {
      const about = subject === undefined || isNamed(subject, error, message) ? '' : `${printable(subject)}: `;
      this.say(`lockport: ${about}${trustAdvice(error) ?? (isForeign(error) ? printable(message) : message)}`);
      const hint = hintFor(error);
      if (hint !== undefined) this.note(hint);
    }
    return exit;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.isOnTerminal) this.status.clear();
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain', { signal: this.#signal });
  }
}

/** Whether the message holds what a server said. */
function isForeign(error: unknown): boolean {
  return error instanceof ClientError || error instanceof StorageError;
}

/** What `--json` tells of a failure. */
export function errorFacts(error: unknown, message: string): object {
  if (!(error instanceof ClientError)) {
    const code = error instanceof Error && 'code' in error ? error.code : 'failed';
    return { code, message };
  }
  const { code, phase, command, reply, status, retryable, certificate, cause } = error;
  return {
    code,
    message,
    phase,
    retryable,
    command,
    reply,
    status,
    ...(cause instanceof HostKeyError && { hostKey: cause.key }),
    ...(certificate && { certificate: { ...certificate, der: undefined } }),
  };
}

/** A file of this machine is named by what is said of it, a file of the server where its path is told. */
function isNamed(subject: string, error: unknown, message: string): boolean {
  if (error instanceof LocalError) return true;
  const [name, text] = [`${printable(subject)} `, printable(message)];
  return text.startsWith(name) || text.includes(`/${name}`);
}
