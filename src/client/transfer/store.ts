import type { Pace, VirtualPath } from '../../core/index.ts';
import { toNetworkAscii } from '../../protocol/index.ts';
import type { DataConnection } from '../../transport/index.ts';
import type { Pool } from '../connection/pool.ts';
import { withRetries } from '../connection/retry.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import { askDigest, availableDigests } from '../files/attributes.ts';
import { afterUpload } from './after-upload.ts';
import { CANNOT, Checksum } from './checksum.ts';
import type { Meter } from './progress.ts';
import { canRestart, isLarge, lookUp } from './remote-file.ts';
import { runTransfer } from './run-transfer.ts';
import type { OpenSource } from './source.ts';
import type { TransferWarning } from './transfer.ts';

export interface StorePlan {
  readonly path: VirtualPath;
  readonly source: OpenSource;
  /** `resume`: behind what stands there already. `append`: the same, and the source begins there. */
  readonly mode: 'replace' | 'resume' | 'append';
  readonly type: 'binary' | 'text';
  readonly pace: Pace | undefined;
  readonly signal: AbortSignal | undefined;
  readonly meter: Meter;
  /** Made when the server is known. */
  readonly checksumFor: (features: SignedIn['features'], start: number) => Checksum | undefined;
}

/**
 * Stores a file, over as many connections as it takes. What broke is taken up behind the bytes that the server has, if
 * they are surely ours and the source can be read again; otherwise it begins again, or fails where the source can't.
 * Done means that the server has it all, by SIZE. @throws ClientError
 */
export class Store {
  retries = 0;
  checksum: Checksum | undefined;
  verified: 'nothing' | 'size' = 'nothing';
  readonly warnings: TransferWarning[] = [];
  readonly #pool: Pool;
  readonly #plan: StorePlan;
  /** Byte of the remote file that this call began at. */
  #start = 0;
  /** What stood on the server before: a broken upload may have left it as it was. */
  #before: number | 'unknown' = 'unknown';
  /** Byte of the remote file that was never sent. */
  #sent = 0;
  /** Byte of the remote file behind the last one of this attempt. */
  #end = 0;
  #isRead = false;
  #isGoingOnRefused = false;
  /** The last attempt sent all, and the server did not say whether it has it. */
  #unconfirmed: ClientError | undefined;

  constructor(pool: Pool, plan: StorePlan) {
    this.#pool = pool;
    this.#plan = plan;
  }

  async run(): Promise<void> {
    const { signal, mode, source } = this.#plan;
    await withRetries(
      this.#pool.settings,
      signal,
      (attempt) => this.#pool.use(signal, (signedIn) => this.#attempt(signedIn, attempt)),
      () => !this.#isRead || (mode !== 'append' && source.canReopen),
    );
  }

  async #attempt(signedIn: SignedIn, attempt: number): Promise<void> {
    this.retries = attempt;
    const position = this.#isRead ? await this.#whereToGoOn(signedIn) : await this.#begin(signedIn);
    await this.#prime(position);
    await this.#send(signedIn, position);
    await afterUpload('size', this.warnings, () => this.#checkSize(signedIn));
  }

  /** Gives the byte to begin at. */
  async #begin(signedIn: SignedIn): Promise<number> {
    const { mode, source, meter, checksumFor } = this.#plan;
    this.#start = 0;
    if (mode !== 'replace') {
      this.#before = await this.#sizeThere(signedIn);
      this.#start = this.#before;
      if (mode === 'resume' && !(await this.#isBeginning(signedIn, this.#start))) this.#start = 0;
    } else if (this.#isWorthKnowing) {
      this.#before = await this.#sizeThere(signedIn);
    }
    this.#sent = this.#start;
    this.checksum = checksumFor(signedIn.features, mode === 'append' ? this.#start : 0);
    const total = mode === 'append' && source.size !== undefined ? source.size + this.#start : source.size;
    meter.begin(this.#start, total);
    return this.#start;
  }

  /**
   * Whether what stands there is the beginning of the source: by the checksums of both where the server computes one. An
   * upload that was broken off has none as long as it is not whole; then, and where there are none, its size must do.
   */
  async #isBeginning(signedIn: SignedIn, there: number): Promise<boolean> {
    const { path, source, signal, type } = this.#plan;
    const [algorithm] = type === 'binary' ? availableDigests(signedIn.features) : [];
    this.#checkRoom(there);
    if (there === 0 || !algorithm || !source.canReopen) return true;
    let theirs: Uint8Array;
    try {
      theirs = await askDigest(signedIn, path, algorithm, { signal });
    } catch (error) {
      if (error instanceof ClientError && CANNOT.includes(error.code)) return true;
      throw error;
    }
    const ours = new Checksum(algorithm, 0);
    await ours.addAll(
      source.bytes(0, () => undefined),
      there,
    );
    return ours.digest().equals(theirs);
  }

  get #isWorthKnowing(): boolean {
    const { source, type } = this.#plan;
    const mayGoOn = source.canReopen && type === 'binary' && this.#pool.settings.retry.attempts > 1;
    return mayGoOn && (source.size === undefined || isLarge(source.size));
  }

  #checkRoom(there: number): void {
    const { path, source } = this.#plan;
    if (source.size === undefined || there <= source.size) return;
    const message = `${path} has ${there} bytes, more than the source (${source.size}): it can't be the beginning of it`;
    throw new ClientError('wrong-size', message, { phase: 'prepare' });
  }

  /** Only what the server says that it has, what we sent, and what did not stand there before. */
  async #whereToGoOn(signedIn: SignedIn): Promise<number> {
    const { meter, mode } = this.#plan;
    if (this.#unconfirmed) await this.#checkStillThere(signedIn, this.#unconfirmed);
    const there = this.#before === 'unknown' || this.#isGoingOnRefused ? 0 : await this.#sizeThere(signedIn);
    const isOurs = there <= this.#sent && (mode === 'resume' ? there >= this.#start : there !== this.#before);
    const position = isOurs ? there : 0;
    if (position < this.#start) {
      this.#start = 0;
      meter.begin(0, meter.total);
    }
    meter.goBackTo(position);
    return position;
  }

  /** A drop box takes away what it has: an upload that may have come to one is not sent a second time. */
  async #checkStillThere(signedIn: SignedIn, unconfirmed: ClientError): Promise<void> {
    this.#unconfirmed = undefined;
    const { path, signal } = this.#plan;
    const { size } = await lookUp(signedIn, path, () => false, signal);
    if (size !== undefined) return;
    const { message, command, reply } = unconfirmed;
    throw new ClientError('unconfirmed', message, { phase: 'finish', command, reply, cause: unconfirmed });
  }

  async #sizeThere(signedIn: SignedIn): Promise<number> {
    const { path, signal } = this.#plan;
    const { size } = await lookUp(signedIn, path, () => false, signal);
    return size ?? 0;
  }

  /** What stands there already is a part of what is compared. */
  async #prime(position: number): Promise<void> {
    const { source, mode } = this.#plan;
    if (!this.checksum || mode === 'append' || !source.canReopen || this.checksum.position >= position) return;
    await this.checksum.addAll(
      source.bytes(this.checksum.position, () => undefined),
      position,
    );
  }

  async #send({ connection, features }: SignedIn, position: number): Promise<void> {
    const { path, mode, signal, type } = this.#plan;
    const isAdded = mode === 'append' || (position > 0 && !canRestart(features));
    const sentBefore = this.#sent;
    try {
      await runTransfer(connection, {
        verb: isAdded ? 'APPE' : 'STOR',
        argument: path,
        direction: 'upload',
        type,
        offset: isAdded ? 0 : position,
        signal,
        move: (data, signal) => this.#move(data, signal, position),
      });
    } catch (error) {
      const isRefused =
        error instanceof ClientError && error.reply !== undefined && !CONNECTION_FAILURES.has(error.code);
      if (error instanceof ClientError && error.code === 'unconfirmed') this.#unconfirmed = error;
      if (position > 0 && isRefused && this.#sent === sentBefore) this.#isGoingOnRefused = true;
      throw error;
    }
  }

  async #move(data: DataConnection, signal: AbortSignal, position: number): Promise<void> {
    const { source, mode, type, pace, meter } = this.#plan;
    this.#isRead = true;
    this.#end = position;
    const shift = mode === 'append' ? this.#start : 0;
    const bytes = source.bytes(position - shift, (chunk, at) => {
      this.checksum?.add(chunk, at + shift);
      const end = at + shift + chunk.length;
      if (end <= position) return;
      meter.add(Math.min(chunk.length, end - position));
      this.#end = end;
      this.#sent = Math.max(this.#sent, end);
    });
    await data.send(bytes, {
      signal,
      ...(pace && { pace }),
      ...(type === 'text' && { through: [toNetworkAscii()] }),
    });
  }

  async #checkSize(signedIn: SignedIn): Promise<void> {
    const { path, mode, type, signal } = this.#plan;
    if (type === 'text') return;
    const { size } = await lookUp(signedIn, path, () => false, signal);
    if (size === undefined) return;
    // Others may have added to it as well.
    const isWhole = mode === 'append' ? size >= this.#end : size === this.#end;
    if (!isWhole) {
      const message = `${path} has ${size} bytes on the server, not the ${this.#end} that were sent`;
      throw new ClientError('wrong-size', message, { phase: 'finish' });
    }
    this.verified = 'size';
  }
}

/** They say nothing of the command. */
const CONNECTION_FAILURES: ReadonlySet<string> = new Set([
  'data-connection',
  'session-not-reused',
  'connection-lost',
  'unconfirmed',
]);
