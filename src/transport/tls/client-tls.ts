import { constants } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, type SecureVersion, type TLSSocket } from 'node:tls';
import { domainToASCII } from 'node:url';
import type { Limits, SessionReuse, TlsFacts } from '../../core/index.ts';
import { abortableWait } from '../bounded-wait.ts';
import { ChannelError } from '../channel-error.ts';
import { DataError } from '../data-error.ts';
import { checkCertificate, parseChain } from './certificate.ts';
import type { SecuredControl } from './connection-tls.ts';
import { compareCertificate } from './data-certificate.ts';
import type { DataTls, DataTlsRules, SecuredData } from './data-tls.ts';
import { EndDetection } from './end-detector.ts';
import { handshakeAdvice } from './handshake-advice.ts';
import { readPins } from './pins.ts';
import { type ServerCertificate, serverCertificate } from './server-certificate.ts';
import { SessionPool } from './session-pool.ts';
import { tlsFacts } from './tls-facts.ts';
import { clientTls, completeHandshake } from './tls-handshake.ts';
import type { CertificateSource } from './tls-settings.ts';
import { judge, type KnownServer, type TrustRules } from './trust.ts';
import { TrustError } from './trust-error.ts';

/** What makes a server trusted, and what it is shown. */
export interface ClientTlsSettings {
  /** Name or address of the server, as it was asked for. */
  readonly host: string;
  /** The name to ask for (SNI) and to find in the certificate, where it is not `host`. */
  readonly serverName?: string | undefined;
  /** PEM: the authorities that are trusted, in place of those that Node brings. */
  readonly authorities?: readonly string[] | undefined;
  /**
   * `sha256//` with the base64 SHA-256 of the public key, or the SHA-256 fingerprint of the certificate in hexadecimal.
   * Where there are any, they alone decide.
   */
  readonly pins?: readonly string[] | undefined;
  /** What we show, on both channels. */
  readonly clientCertificate?: CertificateSource | undefined;
  /** Default: `TLSv1.2`. */
  readonly minVersion?: ClientTlsVersion | undefined;
  readonly maxVersion?: ClientTlsVersion | undefined;
  /** `none`: whoever answers is believed, but pins hold all the same. Default: `full`. */
  readonly verification?: 'full' | 'none' | undefined;
  /** Asked where neither pin nor authority vouches for the server: trust on first use. */
  readonly knownServer?: KnownServer | undefined;
}

export type ClientTlsVersion = Extract<SecureVersion, 'TLSv1.2' | 'TLSv1.3'>;
export type ClientTlsLimits = Pick<Limits, 'tlsHandshakeMs' | 'stallMs'>;

/**
 * The client's TLS of one control connection and of its data connections. No ALPN is offered: servers that want it want
 * different words (`ftp`, `x-filezilla-ftp`, `ftp-data`), those that do not know a word may refuse it, and what it
 * guards against (ALPACA) needs a client that speaks another protocol than FTP.
 */
export class ClientTls implements DataTls {
  readonly #host: string;
  readonly #serverName: string | undefined;
  readonly #trust: TrustRules;
  readonly #settings: ClientTlsSettings;
  readonly #context: SecureContext;
  /** Of data connections. */
  #dataContext: SecureContext;
  readonly #limits: ClientTlsLimits;
  readonly #sessions = new SessionPool();
  readonly #endings = new EndDetection();
  #certificate: ServerCertificate | undefined;

  /** @throws TlsSettingsError */
  constructor(settings: ClientTlsSettings, limits: ClientTlsLimits) {
    const wanted = settings.serverName ?? settings.host;
    const identity = isIP(wanted) ? wanted : domainToASCII(wanted.replace(/\.$/, '')) || wanted;
    this.#host = settings.host;
    // RFC 6066 section 3: no addresses.
    this.#serverName = isIP(identity) ? undefined : identity;
    this.#trust = {
      host: identity,
      pins: readPins(settings.pins),
      verification: settings.verification ?? 'full',
      knownServer: settings.knownServer,
    };
    this.#settings = settings;
    this.#context = contextOf(settings);
    this.#dataContext = this.#context;
    this.#limits = limits;
  }

  /** What the server showed on the control connection, once it is trusted. */
  get certificate(): ServerCertificate | undefined {
    return this.#certificate;
  }

  /** Sessions that the server gave, and no data connection has tried to resume yet. */
  get unusedSessions(): number {
    return this.#sessions.unused;
  }

  /**
   * The handshake on the control connection, and the verdict on the server; nothing is sent in TLS before that.
   * @throws ChannelError `tls-failed`, `timeout`, `aborted`; TrustError; what `knownServer` throws. The caller ends the
   * connection then.
   */
  async secureControl(stream: Duplex, signal?: AbortSignal): Promise<SecuredControl> {
    const socket = clientTls(stream, this.#options(this.#context));
    socket.on('session', (session) => this.#sessions.add(session));
    await this.#complete(socket, this.#limits.tlsHandshakeMs, signal);
    this.#certificate = await this.#judge(socket, signal);
    const group = keyGroup(socket);
    if (group !== undefined) this.#dataContext = contextOf(this.#settings, group);
    return { stream: socket, facts: this.#facts(socket) };
  }

  /**
   * Bounded by `stallMs` and not by `tlsHandshakeMs`: we may begin before the server has read the command, and it begins
   * when it is ready to send its 150.
   */
  async secureData(tcp: Socket, rules: DataTlsRules, signal: AbortSignal): Promise<SecuredData> {
    const detector = await this.#endings.forFlow(rules.direction === 'upload' ? 'send' : 'receive');
    const session = rules.sessionReuse === 'off' ? undefined : this.#sessions.take();
    const watched = detector(tcp, (stream) =>
      clientTls(stream, { ...this.#options(this.#dataContext), ...(session && { session }) }),
    );
    const { stream } = watched;
    stream.on('session', (fresh) => {
      if (stream.isSessionReused()) this.#sessions.add(fresh);
    });
    try {
      await this.#complete(stream, this.#limits.stallMs, signal);
      this.#checkData(stream, rules.sessionReuse);
      return { ...watched, facts: this.#facts(stream) };
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      const code = error.code === 'timeout' ? 'timeout' : 'tls-failed';
      throw new DataError(code, `On the data connection: ${error.message}`, { cause: error });
    }
  }

  #options(secureContext: SecureContext) {
    // The same on both channels: Node resumes a session for the same name only (CVE-2026-48934).
    return {
      host: this.#host,
      ...(this.#serverName !== undefined && { servername: this.#serverName }),
      secureContext,
      // The verdict is our own, with all its reasons: see trust.ts.
      checkServerIdentity: () => undefined,
    };
  }

  async #complete(socket: TLSSocket, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    try {
      await completeHandshake(socket, timeoutMs, signal);
    } catch (cause) {
      if (cause instanceof ChannelError && (cause.code === 'timeout' || cause.code === 'aborted')) throw cause;
      throw new ChannelError('tls-failed', `The TLS handshake failed: ${handshakeAdvice(cause)}`, { cause });
    }
  }

  async #judge(socket: TLSSocket, signal?: AbortSignal): Promise<ServerCertificate> {
    const x509 = socket.getPeerX509Certificate();
    if (!x509) throw new ChannelError('tls-failed', 'The server showed no certificate');
    const chainError = socket.authorized ? undefined : String(socket.authorizationError);
    return abortableWait(judge({ x509, chainError }, this.#trust), {
      signal,
      onAbort: (cause) => new ChannelError('aborted', undefined, { cause }),
    });
  }

  /** A data connection belongs to a server that was judged: what it shows must be the same, byte by byte. */
  #checkData(socket: TLSSocket, sessionReuse: SessionReuse): void {
    const compared = compareCertificate(socket, this.#certificate?.der);
    if (compared.outcome === 'none') throw new ChannelError('tls-failed', 'The server showed no certificate');
    const isJudged = this.#trust.verification === 'full' || !this.#trust.pins.isEmpty;
    if (isJudged && compared.outcome === 'other') {
      throw new TrustError('data-certificate-differs', this.#trust.host, serverCertificate(compared.shown), [
        'The data connection showed another certificate than the control connection',
      ]);
    }
    if (socket.isSessionReused() || sessionReuse === 'prefer' || sessionReuse === 'off') return;
    throw new DataError(
      'session-not-reused',
      "The server did not resume the control connection's TLS session on the data connection; if it cannot, " +
        "set sessionReuse to 'prefer'",
    );
  }

  #facts(socket: TLSSocket): TlsFacts {
    return { ...tlsFacts(socket), ...(this.#serverName !== undefined && { serverName: this.#serverName }) };
  }
}

/**
 * The group that the server chose on the control connection, as far as Node can tell, which it can not of those that hold
 * against quantum computers. A hello makes keys for several groups on the chance; where it is known what the server
 * takes, one will do, and the hello of each data connection costs half as much.
 */
function keyGroup(socket: TLSSocket): string | undefined {
  const key = socket.getEphemeralKeyInfo();
  return key && 'name' in key ? key.name : undefined;
}

function contextOf(
  { authorities, clientCertificate, minVersion, maxVersion }: ClientTlsSettings,
  firstGroup?: string,
): SecureContext {
  for (const [index, pem] of (authorities ?? []).entries()) {
    parseChain(pem, 'bad-authority', `Certificate authority ${index + 1}`);
  }
  const own = clientCertificate && checkCertificate(clientCertificate, 'The client certificate');
  return createSecureContext({
    minVersion: minVersion ?? 'TLSv1.2',
    ...(maxVersion !== undefined && { maxVersion }),
    ...(authorities && { ca: [...authorities] }),
    ...(own && { cert: own.certificate, key: own.key }),
    ...(firstGroup !== undefined && { ecdhCurve: [firstGroup, 'X25519', 'P-256', 'P-384'].join(':') }),
    // RFC 9325 sections 3.3 and 3.5: after the verdict nobody else takes the server's place.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  });
}
