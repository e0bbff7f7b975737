import { randomBytes } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Limits } from '../../core/index.ts';
import { canGovernTickets } from '../node-internals/ticket-callback.ts';
import { type CheckedCertificate, checkCertificate, isFor, namesOf, parseChain, warningsOf } from './certificate.ts';
import { ConnectionTls } from './connection-tls.ts';
import { ContextPool } from './handshake-contexts.ts';
import { TicketKeys } from './ticket-keys.ts';
import { groupsFor, profileOptions, type TlsSettings, TlsSettingsError, versionsRefusal } from './tls-settings.ts';

/** Who the server is: its certificates, checked, and the rules of its TLS. A reload makes a new one. */
export interface TlsIdentity {
  /** Every name that a certificate is for, lower-case, wildcards as they stand. */
  readonly names: readonly string[];
  /** What the operator should know, though it does not stop the server. */
  readonly warnings: readonly string[];
  /** Whether a certificate is for this host (HOST, RFC 7151); `*.x` stands for one label. */
  covers(host: string): boolean;
  /**
   * TLS for one control connection and its data connections. Costs little until the first handshake.
   * @param connection its name, by which others may ask about its sessions: up to 16 letters and digits, used once.
   * Default: a random one.
   */
  forConnection(connection?: string): ConnectionTls;
}

/**
 * Checks everything that TLS will need, this Node included.
 * @param ticketKeys for control connections whose sessions one may resume on another one's data connections: those of
 * other processes, and of the identity before a reload. Default: of this identity alone.
 * @throws TlsSettingsError for what cannot work; what may be a mistake is among the identity's warnings.
 */
export function createTlsIdentity(settings: TlsSettings, limits: Limits, ticketKeys = new TicketKeys()): TlsIdentity {
  checkProfile(settings);
  for (const [index, pem] of (settings.clientCertificates?.authorities ?? []).entries()) {
    parseChain(pem, 'bad-authority', `Client certificate authority ${index + 1}`);
  }
  const [first, ...others] = settings.certificates.map((source, index) =>
    checkCertificate(source, `Certificate ${index + 1}`),
  );
  if (!first) throw new TlsSettingsError('no-certificate', 'TLS needs at least one certificate');
  const certificates = [first, ...others] as const;
  const choose = (host: string): CheckedCertificate | undefined => certificates.find(({ leaf }) => isFor(leaf, host));
  const contexts = {
    control: new ContextPool(contextMaker(settings, limits, 'control')),
    data: new ContextPool(contextMaker(settings, limits, 'data')),
  };
  return {
    names: [...new Set(certificates.flatMap(({ leaf }) => namesOf(leaf)))],
    warnings: [...certificates.flatMap(({ leaf }) => warningsOf(leaf)), ...ticketWarnings()],
    covers: (host) => choose(host) !== undefined,
    forConnection: (connection = randomBytes(6).toString('hex')) =>
      new ConnectionTls({ connection, ticketKeys, certificates, settings, limits, choose, contexts }),
  };
}

function contextMaker(
  settings: TlsSettings,
  limits: Limits,
  connection: 'control' | 'data',
): (certificate: CheckedCertificate) => SecureContext {
  return ({ certificate, key }) =>
    createSecureContext({
      ...profileOptions(settings),
      cert: certificate,
      key,
      ecdhCurve: groupsFor(settings, connection),
      // Given even when empty: Node would trust its own list of public authorities otherwise.
      ca: [...(settings.clientCertificates?.authorities ?? [])],
      // OpenSSL resumes a session only under the same one, whichever certificate SNI chose, in whichever process. Whose
      // sessions may be resumed is decided by ticket.
      sessionIdContext: 'lockport',
      sessionTimeout: Math.ceil(limits.sessionTicketMs / 1000),
    });
}

function checkProfile(settings: TlsSettings): void {
  const refusal = versionsRefusal(settings);
  if (refusal !== undefined) throw new TlsSettingsError('bad-versions', `TLS: ${refusal}`);
  const needsLatest = settings.profile === 'modern' || settings.minVersion === 'TLSv1.3';
  if (!needsLatest || canGovernTickets()) return;
  throw new TlsSettingsError('unsupported', 'TLS 1.3 uploads are not safe on this Node: use the profile intermediate');
}

const ticketWarnings = (): readonly string[] =>
  canGovernTickets()
    ? []
    : ['This Node cannot withhold TLS 1.3 session tickets, which break uploads off: only TLS 1.2 is offered'];
