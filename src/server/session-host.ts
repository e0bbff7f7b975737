import type { Publish, ReceiptIssuer, RecordKeeper, SessionInfo, SessionList, TransferCounts } from '../core/index.ts';
import { ControlChannel, type TicketKeys } from '../transport/index.ts';
import type { Connection } from './acceptor.ts';
import { COMMANDS } from './commands/index.ts';
import { type ConcurrencyLimiter, KeyedLimiter } from './concurrency-limiter.ts';
import { converse } from './conversation.ts';
import type { SessionRegister } from './open-sessions.ts';
import type { ReloadableOptions } from './options.ts';
import { Session } from './session.ts';
import { type SessionSettings, type SettingsByListener, settingsByListener } from './settings.ts';

export interface SessionHostParts {
  readonly options: ReloadableOptions;
  readonly publish: Publish;
  readonly records?: RecordKeeper | undefined;
  readonly receipts?: ReceiptIssuer | undefined;
  /** Of the sessions of all hosts of the server. */
  readonly sessions: SessionRegister;
  /** Of all hosts of the server: a data connection may resume a TLS session that another host began. */
  readonly ticketKeys: TicketKeys;
  /** For the hashes that are computed for each account. Absent: they are counted among the sessions of this host. */
  readonly digests?: ConcurrencyLimiter;
}

/** Runs the sessions of the connections that the acceptor has accepted. */
export class SessionHost implements SessionList, AsyncDisposable {
  readonly #sessions = new Map<Session, Promise<void>>();
  #options: ReloadableOptions;
  #current: SettingsByListener;

  /** @throws when the TLS settings cannot serve: no certificate, a key that does not match, ... */
  constructor({ options, digests = new KeyedLimiter(), records, receipts, ...parts }: SessionHostParts) {
    this.#options = options;
    this.#current = settingsByListener(options, { ...parts, digests, records, receipts });
  }

  /** Sessions that are open now. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** The settings of the server for the sessions that begin from now on, without the rules of single listeners. */
  get settings(): SessionSettings {
    return this.#current.common;
  }

  /**
   * Changes certificates and rules for the sessions that begin from now on; those that are open keep theirs, and their
   * data connections go on working. Absent options keep their value.
   * @throws what the constructor throws; then nothing has changed.
   */
  reload(changes: Partial<ReloadableOptions>): void {
    const options = { ...this.#options, ...changes };
    this.#current = settingsByListener(options, this.settings, this.#current);
    this.#options = options;
  }

  /** Begins a session; resolves when it has ended. Never rejects. */
  receive({ session: id, listener, mode, socket }: Connection): Promise<void> {
    const settings = this.#current.atListener[listener] ?? this.settings;
    const channel = new ControlChannel(socket, settings.limits);
    const session = new Session({ id, mode, channel, settings, commands: COMMANDS });
    const ended = converse(session).finally(() => this.#sessions.delete(session));
    this.#sessions.set(session, ended);
    return ended;
  }

  /** Transfers that run now. */
  get transferCounts(): TransferCounts {
    const counts = { upload: 0, download: 0, listing: 0 };
    for (const { transfer } of this.#sessions.keys()) if (transfer) counts[transfer.direction] += 1;
    return counts;
  }

  async sessions(): Promise<readonly SessionInfo[]> {
    return [...this.#sessions.keys()].map(({ info }) => info);
  }

  /** The running command is broken off; an upload is kept for resuming. */
  async endSession(id: string, reason: string, told = ENDED): Promise<boolean> {
    const [session, ended] = [...this.#sessions].find(([each]) => each.id === id) ?? [];
    if (!session) return false;
    await session.terminate({ text: told, reason });
    await ended;
    return true;
  }

  /** Sends the idle away (421), lets running transfers end within `drainMs`, and closes. */
  async drain(): Promise<void> {
    const deadline = AbortSignal.timeout(this.settings.limits.drainMs);
    await Promise.all([...this.#sessions].map(([session, ended]) => finish(session, ended, deadline)));
  }

  /** Ends everything now. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#sessions].map(([session, ended]) => endNow(session, ended)));
  }
}

const ENDED = 'This session was ended by whoever runs the server';

async function finish(session: Session, ended: Promise<void>, deadline: AbortSignal): Promise<void> {
  const giveUp = () => session.channel.destroy();
  deadline.addEventListener('abort', giveUp, { once: true });
  await session.endWhenIdle();
  await ended;
  deadline.removeEventListener('abort', giveUp);
}

async function endNow(session: Session, ended: Promise<void>): Promise<void> {
  session.closeReason ??= 'server stopped';
  session.channel.destroy();
  await ended;
}
