import type { SecureContext } from 'node:tls';
import { decideTickets } from '../node-internals/ticket-callback.ts';
import type { CheckedCertificate } from './certificate.ts';
import type { SessionTickets } from './session-tickets.ts';

/** How many wait for a handshake; each takes some 30 KiB. */
const maxFree = 64;

/** The contexts of one handshake at a time: one for each certificate that it may show. */
export class HandshakeContexts {
  readonly #make: (certificate: CheckedCertificate) => SecureContext;
  readonly #made = new Map<CheckedCertificate, SecureContext>();
  /** Of the control connection that the handshake belongs to. */
  tickets: SessionTickets | undefined;

  constructor(make: (certificate: CheckedCertificate) => SecureContext) {
    this.#make = make;
  }

  of(certificate: CheckedCertificate): SecureContext {
    const known = this.#made.get(certificate);
    if (known) return known;
    const context = this.#make(certificate);
    decideTickets(context, (...ticket) => this.tickets?.decide(...ticket));
    this.#made.set(certificate, context);
    return context;
  }
}

/**
 * Lends contexts to handshakes, as it costs more to make one than to use it. While they are lent they obey the tickets
 * of one control connection, and no other handshake has them; when no handshake has them they make no ticket and know
 * none. OpenSSL asks about tickets in handshakes alone, and a connection has one: renegotiation is off.
 */
export class ContextPool {
  readonly #make: (certificate: CheckedCertificate) => SecureContext;
  readonly #free: HandshakeContexts[] = [];

  constructor(make: (certificate: CheckedCertificate) => SecureContext) {
    this.#make = make;
  }

  /**
   * Runs a handshake of the control connection that `tickets` are of. Only contexts of one that was completed are used
   * again: of what failed it is not known when OpenSSL is done with it.
   */
  async lend<Result>(
    tickets: SessionTickets,
    handshake: (contexts: HandshakeContexts) => Promise<Result>,
  ): Promise<Result> {
    const contexts = this.#free.pop() ?? new HandshakeContexts(this.#make);
    contexts.tickets = tickets;
    const result = await handshake(contexts);
    contexts.tickets = undefined;
    if (this.#free.length < maxFree) this.#free.push(contexts);
    return result;
  }
}
