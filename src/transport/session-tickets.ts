import { randomBytes } from 'node:crypto';
import { Server } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Direction } from '../core/index.ts';

/**
 * The TLS sessions of one control connection. Because its keys are its own, a data connection that resumes proves that
 * it belongs to this control connection; and because only the control connection's handshake begins a session, and a
 * data connection at most renews the one that it resumed, nobody gains a session by connecting to a data port.
 */
export interface SessionTickets {
  /**
   * For `TLSSocket`: keeps the session of a TLS 1.2 client that takes no tickets (curl), by its identifier; of every
   * client where this Node does not let us decide about tickets.
   */
  readonly server: Server;
  /** What the handshake that begins now is for. */
  purpose: 'control' | Direction;
  /** Its socket, as long as it lasts. */
  socket: TLSSocket | undefined;
  readonly decide: DecideTicket;
}

/** What becomes of a ticket that OpenSSL is to make (`isNew`), or that a client shows. */
export type DecideTicket = (shownName: Buffer, shownIv: Buffer, isNew: boolean) => TicketDecision;

/** The code is one of SSL_CTX_set_tlsext_ticket_key_evp_cb(3). */
type TicketDecision = readonly [code: number, hmacKey: Buffer, aesKey: Buffer, ticketName: Buffer, iv: Buffer];

/** Makes a context ask about each ticket; without an answer it makes none and knows none. */
export function decideTickets(
  context: SecureContext,
  decide: (...ticket: Parameters<DecideTicket>) => TicketDecision | undefined,
): void {
  const native = nativeContext(context);
  native.onticketkeycallback = (...ticket) => decide(...ticket) ?? noTicket;
  native.enableTicketKeyCallback?.();
}

/** Whether this Node lets us decide about single tickets. */
export const canGovernTickets =
  typeof nativeContext(createSecureContext({ ca: [] })).enableTicketKeyCallback === 'function';

export function createSessionTickets(): SessionTickets {
  const name = randomBytes(16);
  const hmacKey = randomBytes(16);
  const aesKey = randomBytes(16);
  const tickets: SessionTickets = { server: new Server(), purpose: 'control', socket: undefined, decide };
  /** The initialisation vector of the last ticket that came, which tells tickets apart. */
  let lastShown: Buffer | undefined;
  let handedOutSinceShown = false;
  let usesTicketsOnce = false;
  keepSession(tickets);
  return tickets;

  function decide(shownName: Buffer, shownIv: Buffer, isNew: boolean): TicketDecision {
    const code = isNew ? codeForNew() : shownName.equals(name) ? codeForShown(shownIv) : ticketCode.none;
    return [code, hmacKey, aesKey, name, randomBytes(16)];
  }

  function codeForNew(): number {
    const mayHandOut = tickets.purpose === 'control' || (isRenewing() && tickets.socket?.isSessionReused() === true);
    if (!mayHandOut) return ticketCode.none;
    handedOutSinceShown = true;
    return ticketCode.use;
  }

  function codeForShown(iv: Buffer): number {
    const isAnother = lastShown !== undefined && !iv.equals(lastShown);
    if (isAnother && !handedOutSinceShown) usesTicketsOnce = true;
    lastShown = iv;
    handedOutSinceShown = false;
    return isRenewing() ? ticketCode.useAndRenew : ticketCode.use;
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
  function isRenewing(): boolean {
    return (tickets.purpose !== 'upload' || usesTicketsOnce) && tickets.socket?.getProtocol() === 'TLSv1.3';
  }
}

/** The one session that the control connection's handshake began. */
function keepSession(tickets: SessionTickets): void {
  let kept: { readonly id: string; readonly session: Buffer } | undefined;
  tickets.server
    .on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
      if (tickets.purpose === 'control') kept = { id: id.toString('hex'), session };
      done();
    })
    .on('resumeSession', (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
      done(null, kept?.id === id.toString('hex') ? kept.session : null);
    });
}

const ticketCode = { none: 0, use: 1, useAndRenew: 2 } as const;

const unused = Buffer.alloc(16);
const noTicket: TicketDecision = [ticketCode.none, unused, unused, unused, unused];

/** Internal to Node: there is no public way to send no ticket, nor to renew one (checked on Node 22, 24 and 26). */
interface NativeContext {
  enableTicketKeyCallback?(): void;
  onticketkeycallback?: DecideTicket;
}

function nativeContext(context: SecureContext): NativeContext {
  return context.context as NativeContext;
}
