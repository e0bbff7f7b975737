import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Direction, Limits, TlsFacts } from '../core/index.ts';
import type { CheckedCertificate } from './certificate.ts';
import { DataError } from './data-error.ts';
import type { DataTls, DataTlsRules, SecuredData } from './data-tls.ts';
import { chooseEndDetector } from './end-detector.ts';
import type { ContextPool, HandshakeContexts } from './handshake-contexts.ts';
import { createSessionTickets } from './session-tickets.ts';
import { serverTlsFacts } from './tls-facts.ts';
import { completeHandshake, serverTls } from './tls-handshake.ts';
import type { ClientCertificateAsk, TlsSettings } from './tls-settings.ts';

export interface SecuredControl {
  readonly stream: TLSSocket;
  readonly facts: TlsFacts;
}

/** FileZilla offers `x-filezilla-ftp` and `ftp` on control connections, `ftp-data` on data connections. */
const controlProtocols = ['ftp'];
const dataProtocols = ['ftp-data', 'ftp'];

/**
 * TLS of one control connection and of its data connections. Ticket keys are its own, and contexts are while it shakes
 * hands: a data connection that resumes a session (`TlsFacts.resumed`) belongs to this control connection and to no other.
 */
export class ConnectionTls implements DataTls {
  readonly #parts: ConnectionTlsParts;
  readonly #tickets = createSessionTickets();
  /** Tickets alone bring the session back: nothing need look into each hello for its identifier. */
  #isKeptByTicket = false;

  /** @internal By `TlsIdentity.forConnection`. */
  constructor(parts: ConnectionTlsParts) {
    this.#parts = parts;
  }

  /** The server's handshake on the control connection. @throws what `completeHandshake` throws */
  async secureControl(stream: Duplex, signal?: AbortSignal): Promise<SecuredControl> {
    return this.#parts.contexts.control.lend(this.#tickets, async (contexts) => {
      const socket = this.#start(stream, 'control', contexts);
      const facts = await this.#complete(socket, signal);
      this.#isKeptByTicket = facts.version === 'TLSv1.3';
      return { stream: socket, facts };
    });
  }

  async secureData(tcp: Socket, rules: DataTlsRules, signal: AbortSignal): Promise<SecuredData> {
    const detector = await chooseEndDetector();
    const secured = await this.#parts.contexts.data.lend(this.#tickets, async (contexts) => {
      const watched = detector(tcp, (stream) => this.#start(stream, rules.direction, contexts));
      return { ...watched, facts: await this.#complete(watched.stream, signal) };
    });
    const refusal = refusalOf(secured.facts, rules);
    if (!refusal) return secured;
    secured.stream.destroy();
    throw refusal;
  }

  /**
   * Every handshake begins with the first certificate's context, as OpenSSL takes the ticket keys from that one; SNI
   * changes the certificate afterwards.
   */
  #start(stream: Duplex, purpose: 'control' | Direction, contexts: HandshakeContexts): TLSSocket {
    const [first] = this.#parts.certificates;
    this.#tickets.purpose = purpose;
    this.#tickets.socket = serverTls(stream, {
      ...(!this.#isKeptByTicket && { server: this.#tickets.server }),
      secureContext: contexts.of(first),
      SNICallback: (host, done) => done(null, contexts.of(this.#parts.choose(host) ?? first)),
      ALPNProtocols: purpose === 'control' ? controlProtocols : dataProtocols,
      requestCert: this.#ask !== 'off',
      rejectUnauthorized: this.#ask === 'require',
    });
    return this.#tickets.socket;
  }

  async #complete(socket: TLSSocket, signal?: AbortSignal): Promise<TlsFacts> {
    try {
      await completeHandshake(socket, this.#parts.limits.tlsHandshakeMs, signal);
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

function refusalOf(facts: TlsFacts, rules: DataTlsRules): DataError | undefined {
  if (rules.sessionReuse === 'require' && !facts.resumed) {
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
  readonly certificates: readonly [CheckedCertificate, ...CheckedCertificate[]];
  readonly settings: TlsSettings;
  readonly limits: Limits;
  /** The certificate for the host that a client names. */
  readonly choose: (host: string) => CheckedCertificate | undefined;
  /** With what keys are exchanged by in the handshakes of each channel. */
  readonly contexts: { readonly control: ContextPool; readonly data: ContextPool };
}
