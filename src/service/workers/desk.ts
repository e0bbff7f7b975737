import { background, isRefusal } from '../../core/index.ts';
import type { Admission } from '../../identity/index.ts';
import type { Release } from '../../server/index.ts';
import type { Turn } from '../../storage/index.ts';
import type { SharedHere } from '../shared.ts';
import { Held } from './held.ts';
import type { Answer, Call, FromWorker, Questions, WorkerNotes } from './messages.ts';

type Answers = {
  readonly [Name in keyof Questions]: (
    ask: Questions[Name]['ask'],
    signal: AbortSignal,
  ) => Questions[Name]['answer'] | Promise<Questions[Name]['answer']>;
};
type Listeners = { readonly [Name in keyof WorkerNotes]?: (value: WorkerNotes[Name]) => void };

/** Where the primary process answers one worker on what is shared, and keeps what that worker holds of it. */
export class Desk {
  readonly #shared: SharedHere;
  readonly #send: (answer: Answer) => void;
  readonly #calls = new Map<number, AbortController>();
  readonly #admissions = new Held<Admission>();
  readonly #hashes = new Held<Release>();
  readonly #turns = new Held<Turn & { readonly account: string }>();
  /** Names of reservations, by the account's book. */
  readonly #reservations = new Map<string, Set<string>>();
  #isClosed = false;

  constructor(shared: SharedHere, send: (answer: Answer) => void) {
    this.#shared = shared;
    this.#send = send;
  }

  /** Takes a message of the worker; what does not concern the desk it passes over. */
  receive(message: FromWorker): void {
    // What a worker has sent may come after its end was seen.
    if (this.#isClosed) return;
    if ('call' in message) background(this.#reply(message), () => undefined);
    else if ('cancel' in message) this.#calls.get(message.cancel)?.abort();
    else (this.#listeners[message.note] as ((value: unknown) => void) | undefined)?.(message.value);
  }

  /** The worker is gone: nothing waits for it any more, and what it held is free. */
  close(): void {
    this.#isClosed = true;
    for (const abort of this.#calls.values()) abort.abort();
    for (const { release } of this.#admissions.takeAll()) release();
    for (const free of this.#hashes.takeAll()) free();
    const turns = this.#turns.takeAll();
    const accounts = new Set([...turns.map(({ account }) => account), ...this.#reservations.keys()]);
    for (const account of accounts) this.#shared.bookOf(account).abandon(this.#reservations.get(account) ?? []);
    // Only now: whoever is next must see that the files are to be counted.
    for (const turn of turns) turn.end();
  }

  async #reply({ call, name, ask }: Call): Promise<void> {
    const abort = new AbortController();
    this.#calls.set(call, abort);
    try {
      const answer = this.#answers[name] as (ask: unknown, signal: AbortSignal) => unknown;
      this.#send({ answer: call, value: await answer(ask, abort.signal) });
    } catch (error) {
      this.#send({ answer: call, failure: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#calls.delete(call);
    }
  }

  readonly #answers: Answers = {
    admit: async ({ user, credentials, peer }, signal) => {
      const admission = await this.#shared.door.admit(user, credentials, peer, signal);
      if (isRefusal(admission)) return admission;
      if (this.#isClosed) admission.release();
      const { account, paces } = admission;
      const paced = { upload: paces.upload !== undefined, download: paces.download !== undefined };
      return { admission: this.#admissions.add(admission), account, paced };
    },
    pay: ({ admission, direction, bytes }, signal) => this.#paid(admission, direction, bytes, signal),
    hash: async ({ key, places }) => {
      const free = await this.#shared.digests.take(key, places);
      return free && this.#hashes.add(free);
    },
    begin: async ({ account }) => {
      const turn = await this.#shared.bookOf(account).begin();
      if (this.#isClosed) turn.end();
      return { turn: this.#turns.add({ ...turn, account }), isCounted: turn.isCounted };
    },
    take: ({ account, reservation, more }) => {
      const verdict = this.#shared.bookOf(account).take(reservation, more);
      if (verdict === 'taken') this.#reservationsOf(account).add(reservation);
      return verdict;
    },
    narrow: ({ account, space }) => this.#shared.bookOf(account).narrow(space),
  };

  readonly #listeners: Listeners = {
    release: ({ admission }) => this.#admissions.take(admission)?.release(),
    hashed: ({ hash }) => this.#hashes.take(hash)?.(),
    setQuota: ({ account, quota }) => this.#shared.bookOf(account).setQuota(quota),
    counted: ({ turn, files }) => this.#turns.get(turn)?.counted(files),
    endTurn: ({ turn }) => this.#turns.take(turn)?.end(),
    claim: ({ account, reservation, files }) => {
      this.#reservationsOf(account).add(reservation);
      this.#shared.bookOf(account).claim(reservation, files);
    },
    settle: ({ account, reservation, change }) => {
      const names = this.#reservations.get(account);
      if (reservation !== undefined) names?.delete(reservation);
      if (names?.size === 0) this.#reservations.delete(account);
      this.#shared.bookOf(account).settle(reservation, change);
    },
  };

  async #paid(admission: number, direction: 'upload' | 'download', bytes: number, signal: AbortSignal) {
    await this.#admissions.get(admission)?.paces[direction]?.take(bytes, signal);
    return undefined;
  }

  #reservationsOf(account: string): Set<string> {
    const names = this.#reservations.get(account) ?? new Set();
    this.#reservations.set(account, names);
    return names;
  }
}
