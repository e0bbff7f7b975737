import { background } from '../../core/index.ts';
import { openFlags } from '../../protocol/index.ts';
import type { SendOutcome, SendPlan } from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import { dataFailure } from '../transfer/data-failure.ts';
import { isServerSilent, unconfirmed } from '../transfer/transfer-failure.ts';
import type { TransferBounds } from './receive.ts';
import { factsOf } from './remote-attributes.ts';
import type { SftpRequests } from './sftp-requests.ts';

interface SendBounds extends TransferBounds {
  /** Whether the server brings a file to its medium where it is asked to. */
  readonly canFlush: boolean;
}

/**
 * Sends a file by many WRITEs at once. It is confirmed when the server has answered all of them, has brought them to its
 * medium where it can do that, and has closed the file, at which some servers publish it. @throws ClientError
 */
export async function send(answers: SftpRequests, plan: SendPlan, bounds: SendBounds): Promise<SendOutcome> {
  const { path, at, signal } = plan;
  if (plan.type === 'text') throw new ClientError('unsupported', 'SFTP knows no lines of text', { phase: 'prepare' });
  // From its beginning nobody sees it who may not see what it replaces.
  const attributes = plan.permissions === undefined ? {} : { mode: plan.permissions };
  const request = { kind: 'open', path, flags: flagsFor(at), attributes } as const;
  const handle = await answers.handle(request, { signal, phase: 'transfer' }).catch((error: unknown) => {
    const isBehindNothing = at !== 0 && at !== 'end' && error instanceof ClientError && error.code === 'not-found';
    throw isBehindNothing ? tooShort(path, 0, at) : error;
  });
  const writing = new Writing(answers, handle, plan, bounds);
  let isSent = false;
  try {
    const start = await startOf(answers, handle, plan);
    plan.onOpening?.();
    await writing.run(start);
    isSent = true;
    await Promise.all([
      bounds.canFlush && flush(answers, handle),
      plan.permissions !== undefined && setPermissions(answers, handle, plan.permissions),
    ]);
  } catch (error) {
    // A file that is closed may be published: whatever is left of it is looked after by its path.
    answers.closeLater(handle);
    throw failure(error, path, isSent);
  }
  try {
    await answers.ok({ kind: 'close', handle }, { signal: undefined, phase: 'finish', isSlow: true });
  } catch (error) {
    throw failure(error, path, true);
  }
  return { told: {}, failure: undefined, ...(await asked(answers, plan)) };
}

class Writing {
  readonly #answers: SftpRequests;
  readonly #handle: string;
  readonly #plan: SendPlan;
  readonly #bounds: TransferBounds;
  readonly #running = new Set<Promise<void>>();
  #onEnd: () => void = () => undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(answers: SftpRequests, handle: string, plan: SendPlan, bounds: TransferBounds) {
    this.#answers = answers;
    this.#handle = handle;
    this.#plan = plan;
    this.#bounds = bounds;
  }

  async run(start: number): Promise<void> {
    const { signal, rateLimiter, isPart, source } = this.#plan;
    let offset = start;
    for await (const chunk of source()) {
      for (let from = 0; from < chunk.length; from += this.#bounds.bytes) {
        const data = chunk.subarray(from, from + this.#bounds.bytes);
        await rateLimiter?.take(data.length, signal);
        while (this.#running.size >= this.#bounds.requests && !this.#failure) await this.#ended();
        if (this.#failure) throw this.#failure.error;
        this.#write(offset, data);
        offset += data.length;
      }
    }
    await Promise.all(this.#running);
    if (this.#failure) throw this.#failure.error;
    if (isPart?.()) throw new ClientError('aborted', 'The upload was broken off', { phase: 'transfer' });
  }

  #write(offset: number, data: Uint8Array): void {
    const request = { kind: 'write', handle: this.#handle, offset, data: Buffer.from(data) } as const;
    const { signal } = this.#plan;
    const written = this.#answers
      .ok(request, { signal, phase: 'transfer', bytes: data.length })
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running.delete(written);
        this.#onEnd();
      });
    this.#running.add(written);
    background(written, () => undefined);
  }

  /** Resolves when one of them has ended. A race of all would leave something with each, for as long as it goes on. */
  #ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
    });
  }
}

/** A server that announces it and then has it not has the file all the same, as one that never announced it. */
async function flush(answers: SftpRequests, handle: string): Promise<void> {
  try {
    await answers.ok({ kind: 'fsync@openssh.com', handle }, { signal: undefined, phase: 'finish', isSlow: true });
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'unsupported') throw error;
  }
}

/** What the file was opened with is less what the server's umask takes away. A server that sets none has what it opens files with. */
async function setPermissions(answers: SftpRequests, handle: string, mode: number): Promise<void> {
  try {
    await answers.ok({ kind: 'fsetstat', handle, attributes: { mode } }, { signal: undefined, phase: 'finish' });
  } catch (error) {
    if (!(error instanceof ClientError) || !error.isRefusal) throw error;
  }
}

/** Behind what there must be, nothing is made. */
function flagsFor(at: SendPlan['at']): number {
  if (at === 0) return openFlags('write', 'create', 'truncate');
  return at === 'end' ? openFlags('write', 'create', 'append') : openFlags('write');
}

/** @throws ClientError where the file does not reach so far: what is missing would be zeros, and nobody would know. */
async function startOf(answers: SftpRequests, handle: string, plan: SendPlan): Promise<number> {
  const { at } = plan;
  if (at === 0) return at;
  const size = await sizeOf(answers, handle, plan);
  if (at === 'end') return size;
  if (at <= size) return at;
  throw tooShort(plan.path, size, at);
}

function tooShort(path: string, size: number, at: number): ClientError {
  const message = `${path} has ${size} bytes: nothing can be written from byte ${at} on`;
  return new ClientError('wrong-size', message, { phase: 'prepare' });
}

async function sizeOf(answers: SftpRequests, handle: string, { signal }: SendPlan): Promise<number> {
  const { size } = await answers.attributes({ kind: 'fstat', handle }, { signal, phase: 'transfer' });
  if (size !== undefined) return size;
  // Not every server heeds that the file was opened for appending: at 0, what is added would replace its beginning.
  throw new ClientError('unsupported', 'The server does not tell the size of what is to be added to', {
    phase: 'transfer',
  });
}

async function asked(answers: SftpRequests, { question, path, signal }: SendPlan): Promise<Partial<SendOutcome>> {
  if (question === 'nothing') return {};
  try {
    const facts = factsOf(await answers.attributes({ kind: 'stat', path }, { signal, phase: 'finish' }));
    return { told: { size: facts.size, entry: { name: path.slice(path.lastIndexOf('/') + 1), path, ...facts } } };
  } catch (error) {
    return { failure: dataFailure(error, 'finish') };
  }
}

function failure(error: unknown, path: string, isSent: boolean): ClientError {
  const cause = dataFailure(error, 'transfer', { command: `write ${path}` });
  return isSent && isServerSilent(cause) ? unconfirmed(cause) : cause;
}
