import { randomBytes } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/**
 * The keys of the session tickets of one control connection, and whether new tickets are given out. Because the keys
 * are its own, a data connection that resumes proves that it belongs to this control connection.
 */
export interface SessionTickets {
  /** For `createSecureContext`: what counts where the native callback is absent. */
  readonly keys: Buffer;
  /**
   * Whether a handshake from now on hands out a ticket. Tickets are always taken. An upload's data connection must
   * hand out none: an uploading TLS 1.3 client may close without reading it, and then its kernel resets the connection
   * and drops the end of the file.
   */
  issuing: boolean;
  /** Makes a context follow `issuing`; every context of the control connection needs it. */
  govern(context: SecureContext): void;
}

/** Whether this Node lets us decide about single tickets. */
export const canGovernTickets =
  typeof nativeContext(createSecureContext({ ca: [] })).enableTicketKeyCallback === 'function';

export function createSessionTickets(): SessionTickets {
  const keys = randomBytes(48);
  const name = keys.subarray(0, 16);
  const hmacKey = keys.subarray(16, 32);
  const aesKey = keys.subarray(32, 48);
  const tickets: SessionTickets = { keys, issuing: true, govern };
  return tickets;

  function govern(context: SecureContext): void {
    const native = nativeContext(context);
    native.onticketkeycallback = (_name, _iv, isNew) => [
      isNew ? codeForNew() : codeForShown(),
      hmacKey,
      aesKey,
      name,
      randomBytes(16),
    ];
    native.enableTicketKeyCallback?.();
  }

  /** The codes are those of SSL_CTX_set_tlsext_ticket_key_evp_cb(3). */
  function codeForNew(): number {
    return tickets.issuing ? ticketCode.use : ticketCode.none;
  }

  /**
   * A client may use a TLS 1.3 ticket once only (RFC 8446 appendix C.4): whoever may get one gets the next. A ticket
   * that was made with other keys fails its HMAC, and a full handshake follows.
   */
  function codeForShown(): number {
    return tickets.issuing ? ticketCode.useAndRenew : ticketCode.use;
  }
}

const ticketCode = { none: 0, use: 1, useAndRenew: 2 } as const;

/** Internal to Node: there is no public way to send no ticket, nor to renew one (checked on Node 22, 24 and 26). */
interface NativeContext {
  enableTicketKeyCallback?(): void;
  onticketkeycallback?: (
    ticketName: Buffer,
    iv: Buffer,
    isNew: boolean,
  ) => readonly [code: number, hmacKey: Buffer, aesKey: Buffer, ticketName: Buffer, iv: Buffer];
}

function nativeContext(context: SecureContext): NativeContext {
  return context.context as NativeContext;
}
