import type { IdentifiedSession } from '../transport/index.ts';

/** The account of a signed-in session. */
export interface SessionAccount {
  readonly account: string;
  /** The virtual host that was asked for, by HOST or else by SNI: an account of another one may have the same name. */
  readonly host: string | undefined;
}

/** Records the account and the TLS session of each open session. It may be in another process. */
export interface SessionRegister {
  /** The control connection's handshake began a TLS session, which its client shows by identifier. */
  keep(session: string, tls: IdentifiedSession): void;
  signIn(session: string, who: SessionAccount): void;
  signOut(session: string): void;
  /**
   * Whether two sessions are open, from the same address, and signed in to the same account. Where nobody is signed in on
   * `other` yet, it waits: clients of several connections use the TLS session of one whose login is still under way.
   * @throws the reason of `signal`, when that ends the waiting
   */
  areOfOneAccount(session: string, other: string, signal: AbortSignal): Promise<boolean>;
  /** The TLS session with this identifier, where it was begun by a session with which this one is so of one account. */
  find(session: string, identifier: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

/** The open sessions of all processes of a server. */
export class OpenSessions implements SessionRegister {
  readonly #open = new Map<string, OpenSession>();
  /** By the identifier of the TLS session that it keeps. */
  readonly #keepers = new Map<string, string>();

  begin(session: string, address: string): void {
    this.#open.set(session, { address, who: undefined, tls: undefined, waiting: new Set() });
  }

  end(session: string): void {
    const open = this.#open.get(session);
    this.#open.delete(session);
    if (!open) return;
    if (open.tls) this.#keepers.delete(open.tls.identifier);
    tellChange(open);
  }

  keep(session: string, tls: IdentifiedSession): void {
    const open = this.#open.get(session);
    if (!open || tls.session.length > MAX_TLS_SESSION_BYTES) return;
    if (open.tls) this.#keepers.delete(open.tls.identifier);
    open.tls = tls;
    this.#keepers.set(tls.identifier, session);
  }

  signIn(session: string, who: SessionAccount): void {
    const open = this.#open.get(session);
    if (!open) return;
    open.who = who;
    tellChange(open);
  }

  signOut(session: string): void {
    const open = this.#open.get(session);
    if (open) open.who = undefined;
  }

  /** The account of an open session; undefined before its login. */
  accountOf(session: string): string | undefined {
    return this.#open.get(session)?.who?.account;
  }

  async areOfOneAccount(session: string, other: string, signal: AbortSignal): Promise<boolean> {
    const [asking, lender] = [this.#open.get(session), this.#open.get(other)];
    if (!asking || !lender || asking.address !== lender.address) return false;
    while (!lender.who && this.#open.get(other) === lender) await change(lender, signal);
    if (this.#open.get(session) !== asking || this.#open.get(other) !== lender) return false;
    return asking.who !== undefined && isSame(asking.who, lender.who);
  }

  async find(session: string, identifier: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const keeper = this.#keepers.get(identifier);
    if (keeper === undefined || !(await this.areOfOneAccount(session, keeper, signal))) return undefined;
    const tls = this.#open.get(keeper)?.tls;
    return tls?.identifier === identifier ? tls.session : undefined;
  }
}

/** A TLS session with a long client certificate is not kept, so that clients before login can't fill the memory. */
const MAX_TLS_SESSION_BYTES = 4096;

interface OpenSession {
  readonly address: string;
  who: SessionAccount | undefined;
  tls: IdentifiedSession | undefined;
  /** Told of the next change. Each session has one transfer, so that there are no more of them than sessions. */
  readonly waiting: Set<() => void>;
}

function tellChange({ waiting }: OpenSession): void {
  for (const wake of waiting) wake();
  waiting.clear();
}

async function change({ waiting }: OpenSession, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  waiting.add(resolve);
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    waiting.delete(resolve);
  }
}

function isSame(one: SessionAccount, other: SessionAccount | undefined): boolean {
  return one.account === other?.account && one.host === other.host;
}
