import { once } from 'node:events';
import { background, isRefusal } from '../../core/index.ts';
import type { Admission } from '../../identity/index.ts';
import type { Release } from '../../server/index.ts';
import type { SharedHere } from '../shared.ts';
import { HandleTable } from './handle-table.ts';
import type { FromWorker, SharedProcedures, WorkerNotes } from './messages.ts';
import { type Answer, type Implementation, RpcServer } from './rpc.ts';

type Listeners = { readonly [Name in keyof WorkerNotes]?: (value: WorkerNotes[Name]) => void };

/** Answers the calls of one worker for the shared state, in the primary process. It keeps a record of what that worker holds. */
export class SharedServer {
  readonly #shared: SharedHere;
  readonly #rpc: RpcServer<SharedProcedures>;
  readonly #admissions = new HandleTable<Admission>();
  readonly #hashes = new HandleTable<Release>();
  /** The open reservations and changes of the worker in the quota counters. */
  readonly #reservations = new Set<string>();
  readonly #changes = new Set<string>();
  #isClosed = false;

  constructor(shared: SharedHere, send: (answer: Answer) => void) {
    this.#shared = shared;
    this.#rpc = new RpcServer(this.#procedures, send);
  }

  /** Receives a message of the worker. It ignores messages that do not concern the shared state. */
  receive(message: FromWorker): void {
    // A message may arrive after the end of its worker.
    if (this.#isClosed) return;
    if ('answer' in message) return;
    if ('call' in message || 'cancel' in message) background(this.#rpc.receive(message), () => undefined);
    else (this.#listeners[message.note] as ((value: unknown) => void) | undefined)?.(message.value);
  }

  /** The worker has ended: its calls are cancelled, and all that it held is released. */
  close(): void {
    this.#isClosed = true;
    this.#rpc.close();
    for (const { release } of this.#admissions.takeAll()) release();
    for (const free of this.#hashes.takeAll()) free();
    this.#shared.counters.abandon(this.#reservations, this.#changes);
  }

  readonly #procedures: Implementation<SharedProcedures> = {
    admit: async ({ user, credentials, peer }, signal) => {
      const admission = await this.#shared.admission.admit(user, credentials, peer, signal);
      if (isRefusal(admission)) return admission;
      if (this.#isClosed) admission.release();
      const { account, rateLimiters } = admission;
      const isLimited = { upload: rateLimiters.upload !== undefined, download: rateLimiters.download !== undefined };
      return { admission: this.#admissions.add(admission), account, isLimited };
    },
    wouldAdmit: ({ user, key, peer }, signal) => this.#shared.admission.wouldAdmit(user, key, peer, signal),
    changePassword: ({ user, passwords, peer }, signal) =>
      this.#shared.admission.changePassword(user, passwords, peer, signal),
    revoked: ({ admission }, signal) => this.#whenRevoked(admission, signal),
    pay: ({ admission, direction, bytes }, signal) => this.#paid(admission, direction, bytes, signal),
    hash: async ({ key, limit }) => {
      const free = await this.#shared.digests.take(key, limit);
      return free && this.#hashes.add(free);
    },
    areOfOneAccount: ({ session, other }, signal) => this.#shared.sessions.areOfOneAccount(session, other, signal),
    findSession: ({ session, identifier }, signal) => this.#shared.sessions.find(session, identifier, signal),
    beginChange: async ({ owner, change }, signal) => {
      const result = await this.#shared.counters.of(owner).begin(change, signal);
      if (this.#isClosed) this.#shared.counters.abandon([], [change.id]);
      else if (result === 'counted') this.#changes.add(change.id);
      return result;
    },
    endChange: ({ owner, id, outcome }) => {
      this.#changes.delete(id);
      if (outcome.ends !== undefined) this.#reservations.delete(outcome.ends);
      if (outcome.becomes !== undefined) this.#reservations.add(outcome.becomes);
      return this.#shared.counters.end(owner, id, outcome);
    },
    reserve: async ({ owner, reservation, demand }, signal) => {
      const verdict = await this.#shared.counters.of(owner).reserve(reservation, demand, signal);
      if (this.#isClosed) this.#shared.counters.abandon([reservation], []);
      else if (verdict === 'reserved') this.#reservations.add(reservation);
      return verdict;
    },
    claimReplaced: ({ owner, reservation, entry }) => {
      this.#reservations.add(reservation);
      return this.#shared.counters.of(owner).claimReplaced(reservation, entry);
    },
    issueReceipt: (request) => this.#shared.receipts?.issue(request),
    recorded: () => this.#shared.records?.recorded() ?? true,
    limitSpace: ({ owner, space }, signal) => this.#shared.counters.of(owner).limitSpace(space, signal),
  };

  readonly #listeners: Listeners = {
    release: ({ admission }) => this.#admissions.take(admission)?.release(),
    keepSession: ({ session, tls }) => this.#shared.sessions.keep(session, tls),
    signedIn: ({ session, who }) => this.#shared.sessions.signIn(session, who),
    signedOut: ({ session }) => this.#shared.sessions.signOut(session),
    hashed: ({ hash }) => this.#hashes.take(hash)?.(),
    setQuota: ({ owner, quota }) => this.#shared.counters.setQuota(owner, quota),
    releaseReservation: ({ reservation }) => {
      this.#reservations.delete(reservation);
      this.#shared.counters.release(reservation);
    },
  };

  async #whenRevoked(admission: number, signal: AbortSignal): Promise<string> {
    const revoked = this.#admissions.get(admission)?.revoked;
    if (revoked?.aborted === false) await once(revoked, 'abort', { signal });
    return revoked?.reason instanceof Error ? revoked.reason.message : 'revoked';
  }

  async #paid(admission: number, direction: 'upload' | 'download', bytes: number, signal: AbortSignal) {
    await this.#admissions.get(admission)?.rateLimiters[direction]?.take(bytes, signal);
    return undefined;
  }
}
