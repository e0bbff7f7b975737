import { randomBytes } from 'node:crypto';
import type {
  Account,
  CurrentTransfer,
  Direction,
  Entry,
  Files,
  NewEvent,
  Peer,
  RunningCommand,
  SessionInfo,
  SessionOrigin,
  VirtualPath,
  Workspace,
} from '../core/index.ts';
import { OpenTransfer } from '../core/index.ts';
import { Archives } from './archives.ts';
import type { AnswerToBrowser } from './http-answer.ts';
import type { Listings, SessionListings } from './listings.ts';
import type { WebSettings } from './options.ts';
import { failureOf, isUnexpected, WebFailure } from './problem.ts';
import { Uploads } from './uploads.ts';

type OwnEvent<Event = NewEvent> = Event extends SessionOrigin ? Omit<Event, keyof SessionOrigin> : never;

/** What was asked for, as operators and the record see it. */
export interface WebRequestFacts {
  readonly verb: string;
  readonly path?: VirtualPath | undefined;
}

const NOT_NOW = 'Not now: operations can not be recorded at the moment';
const NOT_RECORDED = 'The record of this operation could not be written: look what was done';

/** A browser that is signed in: one session of its account, over as many connections as it likes. */
export class WebSession {
  readonly csrf = randomBytes(32).toString('base64url');
  readonly settings: WebSettings;
  readonly uploads: Uploads;
  readonly archives: Archives;
  readonly listings: SessionListings;
  /** Resolves when all that belongs to it has ended. Never rejects. */
  readonly ended: Promise<void>;
  readonly #peer: Peer;
  readonly #workspace: Workspace;
  readonly #client: string | undefined;
  readonly #since = Date.now();
  readonly #began = performance.now();
  readonly #abort = new AbortController();
  readonly #transfers = new Set<OpenTransfer>();
  readonly #finished = Promise.withResolvers<void>();
  readonly #idle: NodeJS.Timeout;
  readonly #longest: NodeJS.Timeout;
  #running = 0;
  #command: RunningCommand | undefined;
  #loggedRefusals = 0;

  constructor(peer: Peer, workspace: Workspace, client: string | undefined, settings: WebSettings, listings: Listings) {
    this.settings = settings;
    this.#peer = peer;
    this.#workspace = workspace;
    this.#client = client;
    this.uploads = new Uploads(this);
    this.archives = new Archives(settings.limits);
    this.listings = listings.forSession();
    const { limits } = settings;
    this.#idle = setTimeout(() => this.#timeOut(), this.idleMs);
    this.#longest = setTimeout(() => this.end('signed in for too long'), limits.webSessionMs);
    const { revoked } = workspace;
    const terminate = () => this.end(revoked?.reason instanceof Error ? revoked.reason.message : 'revoked');
    this.ended = this.#end();
    if (revoked?.aborted) terminate();
    else revoked?.addEventListener('abort', terminate, { once: true });
  }

  get id(): string {
    return this.#peer.session;
  }

  get peer(): Peer {
    return this.#peer;
  }

  get account(): Account {
    return this.#workspace.account;
  }

  get files(): Files {
    return this.#workspace.files;
  }

  /** Aborts when the session ends. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get idleMs(): number {
    return Math.min(this.settings.limits.webIdleMs, this.#workspace.policy.idleMs ?? Number.POSITIVE_INFINITY);
  }

  get transfers(): readonly OpenTransfer[] {
    return [...this.#transfers];
  }

  /** The session as operators see it. */
  get info(): SessionInfo {
    const { tls, port } = this.#peer;
    const transfer: CurrentTransfer | undefined = this.transfers[0]?.facts;
    return {
      ...this.#origin,
      mode: 'web',
      port,
      since: this.#since,
      ...(tls && { tls }),
      ...(this.#client !== undefined && { client: this.#client }),
      ...(this.#command && { command: this.#command }),
      ...(transfer && { transfer }),
    };
  }

  publish(event: OwnEvent): void {
    this.settings.publish({ ...event, ...this.#origin });
  }

  /**
   * Works on one request of it: what it does is told, and what it changed is recorded before it is acknowledged.
   * @param isUse false: the page asks by itself, and the session goes on towards the end of its idle time
   */
  async work(
    facts: WebRequestFacts,
    isUse: boolean,
    work: () => Promise<AnswerToBrowser>,
    send: (answer: AnswerToBrowser) => Promise<void>,
  ): Promise<void> {
    const { records, limits } = this.settings;
    if (this.signal.aborted) throw new WebFailure(401, 'not-signed-in', 'The session has ended: sign in again');
    if (this.#running >= limits.maxWebRequestsAtOnce) {
      throw new WebFailure(429, 'too-many-requests', 'Too many requests at once: wait for their answers', {
        'retry-after': '1',
      });
    }
    if (records?.trouble !== undefined) throw new WebFailure(503, 'not-recorded', NOT_NOW, { 'retry-after': '5' });
    const began = performance.now();
    this.#running += 1;
    this.#command = { verb: facts.verb, since: Date.now() };
    if (isUse) this.#idle.refresh();
    try {
      const answer = await work();
      if (!((await records?.recorded(this.id)) ?? true)) throw new WebFailure(503, 'not-recorded', NOT_RECORDED);
      await send(answer);
      this.#told(facts, answer.status, '', began);
    } catch (error) {
      const { status, message } = failureOf(error);
      if (isUnexpected(error)) this.publish({ event: 'failure', verb: facts.verb, error });
      this.#told(facts, status, message, began);
      throw error;
    } finally {
      this.#running -= 1;
      if (isUse) this.#idle.refresh();
      if (this.#running === 0) {
        this.#command = undefined;
        records?.commandEnded(this.id);
      }
    }
  }

  /** Begins a transfer that operators see until it is given to `endTransfer`. */
  beginTransfer(
    direction: Exclude<Direction, 'listing'>,
    path: VirtualPath,
    entry?: Entry,
    totalBytes = entry?.size,
  ): OpenTransfer {
    const transfer = new OpenTransfer({
      verb: direction === 'upload' ? 'PUT' : 'GET',
      direction,
      path,
      limiter: this.#workspace.policy[direction],
      publish: (event) => this.publish(event),
      signal: this.signal,
      ...(entry && { entry }),
      ...(totalBytes !== undefined && { totalBytes }),
    });
    this.#transfers.add(transfer);
    return transfer;
  }

  endTransfer(transfer: OpenTransfer, ...how: Parameters<OpenTransfer['finished']>): void {
    if (this.#transfers.delete(transfer)) transfer.finished(...how);
  }

  /** Ends the session now. What runs is broken off, and uploads are kept for resuming. */
  end(reason: string): void {
    if (this.signal.aborted) return;
    this.#abort.abort(new Error(reason));
    this.#finished.resolve();
  }

  get #origin(): SessionOrigin {
    const { session, address } = this.#peer;
    return { session, protocol: 'web', address, account: this.account.name };
  }

  #told({ verb, path }: WebRequestFacts, reply: number, reason: string, began: number): void {
    const durationMs = Math.round(performance.now() - began);
    this.publish({ event: 'command', verb, argument: path ?? '', reply, durationMs });
    const isRefused = reply === 403 || (reply === 404 && verb !== 'STAT');
    if (!isRefused || this.#loggedRefusals >= this.settings.limits.maxLoggedRefusals) return;
    this.#loggedRefusals += 1;
    this.publish({ event: 'command.refused', verb, ...(path !== undefined && { path }), reply, reason });
  }

  #timeOut(): void {
    if (this.#running > 0) this.#idle.refresh();
    else this.end('idle for too long');
  }

  async #end(): Promise<void> {
    await this.#finished.promise;
    clearTimeout(this.#idle);
    clearTimeout(this.#longest);
    const { reason } = this.signal;
    this.listings.forget();
    try {
      await this.uploads.end();
      await this.#workspace[Symbol.asyncDispose]();
    } catch (error) {
      this.publish({ event: 'failure', error });
    }
    const durationMs = Math.round(performance.now() - this.#began);
    this.publish({
      event: 'session.closed',
      reason: reason instanceof Error ? reason.message : 'ended',
      durationMs,
    });
  }
}
