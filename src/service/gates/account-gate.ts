import { randomUUID } from 'node:crypto';
import {
  abortedBy,
  type GateDecision,
  type Publish,
  printable,
  type SessionOrigin,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import type { Candidate, Gate } from '../../files/index.ts';
import type { ToldEvent } from '../../operations/index.ts';
import { JudgeError, type JudgeVerdict } from './judge.ts';
import type { PreparedGate } from './prepared-gate.ts';
import type { Quarantine } from './quarantine.ts';

/** Of what a judge says, in a reply and in the audit trail. */
const MAX_REASON_LENGTH = 200;

export interface AccountGateParts {
  /** Those that are for this account, in their order. */
  readonly gates: readonly PreparedGate[];
  readonly origin: SessionOrigin & { readonly account: string };
  readonly quarantine: Quarantine;
  readonly publish: Publish;
}

type Decision = Pick<GateDecision, 'outcome' | 'isAdmitted' | 'reason' | 'quarantined'> & {
  /** What the client is told. */
  readonly refusal?: StorageError;
};

/** The gates of one session. All that a file concerns are asked, one behind the other, until one says no. */
export class AccountGate implements Gate {
  readonly #parts: AccountGateParts;

  constructor(parts: AccountGateParts) {
    this.#parts = parts;
  }

  get goesByPath(): boolean {
    return this.#parts.gates.some(({ goesByPath }) => goesByPath);
  }

  concerns(path: VirtualPath, from?: VirtualPath): boolean {
    return this.#concerned(path, from).length > 0;
  }

  concernsBelow(directory: VirtualPath): boolean {
    return this.#parts.gates.some(({ fitsBelow }) => fitsBelow(directory));
  }

  async ask(candidate: Candidate, signal: AbortSignal | undefined): Promise<void> {
    const gates = this.#concerned(candidate.path, candidate.from).filter(({ fitsSize }) => fitsSize(candidate.bytes));
    for (const gate of gates) await this.#askOne(gate, candidate, signal);
  }

  #concerned(path: VirtualPath, from?: VirtualPath): readonly PreparedGate[] {
    return this.#parts.gates.filter(({ fits }) => fits(path) && !(from !== undefined && fits(from)));
  }

  async #askOne(gate: PreparedGate, candidate: Candidate, signal: AbortSignal | undefined): Promise<void> {
    const { origin, publish } = this.#parts;
    const { path, from, bytes } = candidate;
    const began = performance.now();
    const { refusal, ...decision } = await this.#decide(gate, candidate, signal);
    publish({
      event: 'gate.asked',
      gate: gate.name,
      path,
      ...(from !== undefined && { from }),
      bytes,
      ...decision,
      durationMs: Math.round(performance.now() - began),
      ...origin,
    });
    if (refusal) throw refusal;
  }

  async #decide(gate: PreparedGate, candidate: Candidate, signal: AbortSignal | undefined): Promise<Decision> {
    const { origin } = this.#parts;
    const { path, from, bytes, read } = candidate;
    const about: ToldEvent = {
      ...origin,
      id: randomUUID(),
      kind: 'gate',
      at: new Date().toISOString(),
      path,
      ...(from !== undefined && { from }),
      bytes,
    };
    const timeUp = AbortSignal.timeout(gate.timeoutMs);
    const bounded = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
    try {
      const verdict = await gate.judged({ about, bytes, read }, bounded);
      if (verdict === 'overloaded') return unanswered('overloaded', 'too many files wait');
      return await this.#carriedOut(gate, candidate, about, verdict);
    } catch (error) {
      if (signal?.aborted) return { outcome: 'abandoned', isAdmitted: false, refusal: abortedBy(signal) };
      if (timeUp.aborted) return away(gate, new JudgeError(`no answer within ${gate.timeoutMs} ms`));
      if (error instanceof JudgeError) return away(gate, error);
      throw error;
    }
  }

  async #carriedOut(
    gate: PreparedGate,
    candidate: Candidate,
    about: ToldEvent,
    given: JudgeVerdict,
  ): Promise<Decision> {
    if (given.verdict === 'accept') return { outcome: 'accepted', isAdmitted: true };
    const reason = oneLine(given.reason);
    const refusal = new StorageError('denied', gate.textFor(reason));
    const decision = { outcome: 'refused', isAdmitted: false, reason, refusal } as const;
    if (given.verdict === 'refuse' && !gate.keepsRefused) return decision;
    const { session: _, kind: __, id, ...facts } = about;
    const record = { gate: gate.name, reason, question: id, ...facts, path: candidate.path, bytes: candidate.bytes };
    try {
      const quarantined = await this.#parts.quarantine.keep(candidate.read(), record);
      await this.#takeAway(gate, candidate);
      return { ...decision, outcome: 'quarantined', quarantined };
    } catch (error) {
      this.#warn(`The gate ${gate.name} could not keep a file in the quarantine, which is refused`, error);
      return decision;
    }
  }

  /** Where others have changed it meanwhile it stays: what they put there is in no quarantine. */
  async #takeAway({ name }: PreparedGate, { from, takeAway }: Candidate): Promise<void> {
    try {
      await takeAway?.();
    } catch (error) {
      this.#warn(`The gate ${name} has a copy of ${from} in the quarantine, and could not take it away there`, error);
    }
  }

  #warn(message: string, error: unknown): void {
    this.#parts.publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
  }
}

function away(gate: PreparedGate, error: JudgeError): Decision {
  const reason = oneLine(error.message);
  if (gate.acceptsUnanswered) return { outcome: 'unanswered', isAdmitted: true, reason };
  if (!error.isFinal) return unanswered('unanswered', reason);
  const refusal = new StorageError('denied', `The file can not be checked: it is ${reason}`);
  return { outcome: 'unanswered', isAdmitted: false, reason, refusal };
}

function unanswered(outcome: 'unanswered' | 'overloaded', reason: string): Decision {
  const refusal = new StorageError('busy', 'The file can not be checked at present: try again later');
  return { outcome, isAdmitted: false, reason, refusal };
}

function oneLine(text: string): string {
  return printable(text.trim().split(/[\r\n]/, 1)[0] ?? '').slice(0, MAX_REASON_LENGTH);
}
