import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Limits, TlsFacts, TlsOffer } from '../../core/index.ts';
import { DataError } from '../data-error.ts';
import { ticketGovernance } from '../node-internals/ticket-callback.ts';
import { tlsErrors } from '../node-internals/tls-error.ts';
import { verification } from '../node-internals/verified-peer.ts';
import type { CheckedCertificate } from './certificate.ts';
import { readClientHello } from './client-hello.ts';
import type { DataTls, DataTlsRules, OtherSessions, SecuredData } from './data-tls.ts';
import { EndDetection } from './end-detector.ts';
import type { ContextPool, HandshakeContexts } from './handshake-contexts.ts';
import { type PeekedHello, peekHello } from './peek-hello.ts';
import { type IdentifiedSession, SessionTickets, type TicketPurpose } from './session-tickets.ts';
import type { TicketKeys } from './ticket-keys.ts';
import { serverTlsFacts } from './tls-facts.ts';
import { completeHandshake, serverTls } from './tls-handshake.ts';
import { acceptedBy, type ClientCertificateAsk, type TlsSettings } from './tls-settings.ts';

export interface SecuredControl {
  readonly stream: TLSSocket;
  readonly facts: TlsFacts;
}

/** FileZilla offers `x-filezilla-ftp` and `ftp` on control connections, `ftp-data` on data connections. */
const controlProtocols = ['ftp'];
const dataProtocols = ['ftp-data', 'ftp'];

/**
 * TLS of one control connection and of its data connections. The ticket key is its own, and contexts are while it shakes
 * hands: of a data connection that resumes a session it is known which control connection began that. It counts as resumed
 * (`TlsFacts.resumed`) where it was this one, or one that the rules let stand for it.
 */
export class ConnectionTls implements DataTls {
  readonly #parts: ConnectionTlsParts;
  readonly #tickets: SessionTickets;
  readonly #endings = new EndDetection();
  /** Tickets alone bring the session back: nothing need look into each hello for its identifier. */
  #isKeptByTicket = false;
  /** How the client began the handshake of the control connection, until that has succeeded. */
  #hello: PeekedHello | undefined;

  /** @internal By `TlsIdentity.forConnection`. */
  constructor(parts: ConnectionTlsParts) {
    this.#parts = parts;
    this.#tickets = new SessionTickets(parts.ticketKeys, parts.connection);
  }

  /** The server's handshake on the control connection. @throws what `completeHandshake` throws */
  async secureControl(stream: Duplex, signal?: AbortSignal): Promise<SecuredControl> {
    // Before the first context is made, which goes by the result.
    if (ticketGovernance.works === undefined) await Promise.all([ticketGovernance.prove(), tlsErrors.prove()]);
    if (this.#ask !== 'off' && verification.works === undefined) await verification.prove();
    const { tlsHandshakeMs } = this.#parts.limits;
    const deadline = performance.now() + tlsHandshakeMs;
    const hello: PeekedHello = { bytes: Buffer.alloc(0) };
    this.#hello = hello;
    await peekHello(stream, hello, tlsHandshakeMs, signal);
    return this.#parts.contexts.control.lend(this.#tickets, async (contexts) => {
      const socket = this.#start(stream, { purpose: 'control' }, contexts);
      const facts = await this.#complete(socket, signal, Math.max(1, Math.ceil(deadline - performance.now())));
      this.#hello = undefined;
      this.#isKeptByTicket = facts.version === 'TLSv1.3';
      return { stream: socket, facts };
    });
  }

  /** What the client offered and what is accepted here, once the handshake of the control connection has failed. */
  get offer(): TlsOffer | undefined {
    if (!this.#hello) return undefined;
    const offered = readClientHello(this.#hello.bytes);
    return { ...(offered && { offered }), accepted: acceptedBy(this.#parts.settings) };
  }

  /** The session that the control connection's handshake began, if the client shows it by its identifier. */
  get identifiedSession(): IdentifiedSession | undefined {
    return this.#tickets.identified;
  }

  async secureData(tcp: Socket, rules: DataTlsRules, signal: AbortSignal): Promise<SecuredData> {
    const flow = rules.direction === 'upload' ? 'receive' : 'send';
    const detector = await (rules.isDue ? this.#endings.forEarly(rules.isDue) : this.#endings.forFlow(flow));
    const { tlsHandshakeMs, passiveIdleMs } = this.#parts.limits;
    const handshakeMs = rules.isDue ? passiveIdleMs : tlsHandshakeMs;
    const others = othersOf(rules);
    const find = others && ((identifier: string) => others.find(identifier, signal));
    const purpose: TicketPurpose = {
      get purpose() {
        return rules.direction;
      },
      ...(find && { find }),
    };
    const secured = await this.#parts.contexts.data.lend(this.#tickets, async (contexts) => {
      const watched = detector(tcp, (stream) => this.#start(stream, purpose, contexts));
      const facts = await this.#complete(watched.stream, signal, handshakeMs);
      return { ...watched, facts, lender: facts.resumed ? this.#tickets.lender : undefined };
    });
    const { lender, ...watched } = secured;
    try {
      const isOurs = lender === undefined || (await this.#mayLend(lender, rules, signal));
      const facts = { ...secured.facts, resumed: secured.facts.resumed && isOurs };
      const refusal = refusalOf(facts, rules);
      if (refusal) throw refusal;
      return { ...watched, facts };
    } catch (error) {
      secured.stream.destroy();
      throw error;
    }
  }

  /** Asked for as long as a handshake may take: the lender's login may be under way. */
  async #mayLend(lender: string, { others }: DataTlsRules, signal: AbortSignal): Promise<boolean> {
    const timeout = AbortSignal.timeout(this.#parts.limits.tlsHandshakeMs);
    try {
      return (await others?.mayLend(lender, AbortSignal.any([signal, timeout]))) === true;
    } catch (error) {
      if (timeout.aborted && !signal.aborted) return false;
      throw error;
    }
  }

  /**
   * Every handshake begins with the first certificate's context, as OpenSSL takes the ticket keys from that one; SNI
   * changes the certificate afterwards.
   */
  #start(stream: Duplex, purpose: TicketPurpose, contexts: HandshakeContexts): TLSSocket {
    const [first] = this.#parts.certificates;
    this.#tickets.begin(purpose);
    this.#tickets.socket = serverTls(stream, {
      ...(!this.#isKeptByTicket && { server: this.#tickets.server }),
      secureContext: contexts.of(first),
      SNICallback: (host, done) => done(null, contexts.of(this.#parts.choose(host) ?? first)),
      ALPNProtocols: purpose.purpose === 'control' ? controlProtocols : dataProtocols,
      requestCert: this.#ask !== 'off',
      rejectUnauthorized: this.#ask === 'require',
    });
    return this.#tickets.socket;
  }

  async #complete(
    socket: TLSSocket,
    signal?: AbortSignal,
    withinMs = this.#parts.limits.tlsHandshakeMs,
  ): Promise<TlsFacts> {
    try {
      await completeHandshake(socket, withinMs, signal);
    } finally {
      this.#tickets.socket = undefined;
    }
    const facts = serverTlsFacts(socket);
    if (this.#ask !== 'require' || facts.clientCertificate?.verified) return facts;
    socket.destroy();
    throw new Error('The client certificate does not lead to an authority that is trusted here');
  }

  get #ask(): ClientCertificateAsk {
    return this.#parts.settings.clientCertificates?.ask ?? 'off';
  }
}

function othersOf({ sessionReuse, others }: DataTlsRules): OtherSessions | undefined {
  return sessionReuse === 'require' || sessionReuse === 'prefer' ? others : undefined;
}

function refusalOf(facts: TlsFacts, rules: DataTlsRules): DataError | undefined {
  if ((rules.sessionReuse === 'require' || rules.sessionReuse === 'strict') && !facts.resumed) {
    return new DataError(
      'session-not-reused',
      'The data connection must resume the TLS session of the control connection: turn on TLS session reuse in the client',
    );
  }
  const fingerprint = rules.certificateFingerprint;
  if (fingerprint === undefined || facts.clientCertificate?.fingerprint === fingerprint) return undefined;
  return new DataError('wrong-certificate', 'The client certificate is not the one of the control connection');
}

export interface ConnectionTlsParts {
  /** The name of the control connection. */
  readonly connection: string;
  readonly ticketKeys: TicketKeys;
  readonly certificates: readonly [CheckedCertificate, ...CheckedCertificate[]];
  readonly settings: TlsSettings;
  readonly limits: Limits;
  /** The certificate for the host that a client names. */
  readonly choose: (host: string) => CheckedCertificate | undefined;
  /** With what keys are exchanged by in the handshakes of each channel. */
  readonly contexts: { readonly control: ContextPool; readonly data: ContextPool };
}
