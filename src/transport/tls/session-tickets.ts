import { randomBytes } from 'node:crypto';
import { Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { background, type Direction } from '../../core/index.ts';
import { type DecideTicket, noTicket, type TicketDecision, ticketCode } from '../node-internals/ticket-callback.ts';
import type { TicketKey, TicketKeys } from './ticket-keys.ts';

/** What a handshake that begins now is for. */
export interface TicketPurpose {
  readonly purpose: 'control' | Direction;
  /**
   * Present where it may resume a session that another control connection began: one by ticket, which the caller has to
   * judge (`lender`), or one by identifier, which this finds if it may be resumed.
   */
  readonly find?: (identifier: string) => Promise<Uint8Array | undefined>;
}

/** A session that the client shows by its identifier (hexadecimal), in place of a ticket. */
export interface IdentifiedSession {
  readonly identifier: string;
  readonly session: Uint8Array;
}

/**
 * The TLS sessions of one control connection. Because its ticket key is its own, a data connection that resumes tells
 * whose session it resumed; and because only the control connection's handshake begins a session, and a data connection
 * at most renews the one that it resumed, under the key that it had, nobody gains a session by connecting to a data port.
 */
export class SessionTickets {
  /**
   * For `TLSSocket`: keeps the session of a TLS 1.2 client that takes no tickets (curl), by its identifier; of every
   * client where this Node does not let us decide about tickets.
   */
  readonly server = new Server();
  /** The socket of the handshake, as long as that lasts. */
  socket: TLSSocket | undefined;
  readonly #keys: TicketKeys;
  readonly #name: Buffer;
  readonly #key: TicketKey;
  #purpose: TicketPurpose = { purpose: 'control' };
  /** Of the ticket that was shown last in this handshake, where it is one that we know. */
  #shownName: Buffer | undefined;
  /** The tickets of the control connection's own handshake, by initialisation vector, and whether they were shown. */
  readonly #first = new Map<string, boolean>();
  /** The one session that the control connection's handshake began. */
  #begun: IdentifiedSession | undefined;

  constructor(keys: TicketKeys, connection: string) {
    this.#keys = keys;
    this.#name = keys.keyNameOf(connection);
    this.#key = keys.keyOf(this.#name);
    this.server
      .on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
        if (this.#purpose.purpose === 'control') this.#begun = { identifier: hex(id), session };
        done();
      })
      .on('resumeSession', (id: Buffer, done: (error: null, session: Uint8Array | null) => void) => {
        background(this.#answer(hex(id), done), () => undefined);
      });
  }

  /** A handshake begins. One runs at a time. */
  begin(purpose: TicketPurpose): void {
    this.#purpose = purpose;
    this.#shownName = undefined;
    if (purpose.purpose !== 'control') return;
    this.#first.clear();
    this.#begun = undefined;
  }

  /**
   * Which other control connection the ticket is of that was shown last; where the handshake resumed a session by a
   * ticket, it was that one.
   */
  get lender(): string | undefined {
    const name = this.#shownName;
    return name === undefined || name.equals(this.#name) ? undefined : this.#keys.connectionOf(name);
  }

  readonly decide: DecideTicket = (shownName, shownIv, isNew) => {
    if (isNew) return this.#made();
    this.#shownName = this.#isKnown(shownName) ? Buffer.from(shownName) : undefined;
    if (!this.#shownName) return noTicket;
    if (this.#first.has(hex(shownIv))) this.#first.set(hex(shownIv), true);
    return this.#under(this.#shownName, this.#isRenewing ? ticketCode.useAndRenew : ticketCode.use, shownIv);
  };

  /** What the control connection's handshake began, where the client took no ticket for it. */
  get identified(): IdentifiedSession | undefined {
    return this.#first.size === 0 ? this.#begun : undefined;
  }

  async #answer(identifier: string, done: (error: null, session: Uint8Array | null) => void): Promise<void> {
    let session: Uint8Array | undefined;
    try {
      session = this.#begun?.identifier === identifier ? this.#begun.session : await this.#purpose.find?.(identifier);
    } finally {
      done(null, session ?? null);
    }
  }

  #made(): TicketDecision {
    if (this.#purpose.purpose === 'control') {
      const iv = randomBytes(16);
      this.#first.set(hex(iv), false);
      return this.#under(this.#name, ticketCode.use, iv);
    }
    const shownName = this.socket?.isSessionReused() && this.#isRenewing ? this.#shownName : undefined;
    // Under the key of the one that was shown: whose session it is does not change.
    return shownName ? this.#under(shownName, ticketCode.use, randomBytes(16)) : noTicket;
  }

  #isKnown(name: Buffer): boolean {
    return name.equals(this.#name) || (this.#purpose.find !== undefined && this.#keys.connectionOf(name) !== undefined);
  }

  #under(name: Buffer, code: number, iv: Buffer): TicketDecision {
    const { hmac, aes } = name.equals(this.#name) ? this.#key : this.#keys.keyOf(name);
    return [code, hmac, aes, name, iv];
  }

  /**
   * Whether a ticket is answered with the next one: some clients use each one once (RFC 8446 appendix C.4; curl since
   * 8.12) and would run out. Not on an upload, where a client may close without reading it, so that its kernel resets
   * the connection and drops the end of the file; unless the client has shown that it does use each one once. A client
   * that also keeps no more than one (curl 7) has none left after an upload in TLS 1.3.
   *
   * Never in TLS 1.2, where a ticket may be used often: OpenSSL forgets the session that it resumed when a new ticket
   * comes on that connection, so that PHP and Ruby could not resume it a second time.
   */
  get #isRenewing(): boolean {
    return (this.#purpose.purpose !== 'upload' || this.#usesTicketsOnce) && this.socket?.getProtocol() === 'TLSv1.3';
  }

  /** It has shown several of those that came in one handshake: a client that uses one often keeps one of them. */
  get #usesTicketsOnce(): boolean {
    return [...this.#first.values()].filter((wasShown) => wasShown).length > 1;
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
