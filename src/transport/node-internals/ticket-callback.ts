import { once } from 'node:events';
import { createSecureContext, type SecureContext } from 'node:tls';
import { observationMs, Probe } from './probe.ts';
import { type PairOptions, withTlsPair } from './tls-pair.ts';

/** What becomes of a ticket that OpenSSL is to make (`isNew`), or that a client shows. */
export type DecideTicket = (shownName: Buffer, shownIv: Buffer, isNew: boolean) => TicketDecision;

/** The code is one of SSL_CTX_set_tlsext_ticket_key_evp_cb(3). */
export type TicketDecision = readonly [code: number, hmacKey: Buffer, aesKey: Buffer, ticketName: Buffer, iv: Buffer];

/** Makes a context ask about each ticket; without an answer it makes none and knows none. */
export function decideTickets(
  context: SecureContext,
  decide: (...ticket: Parameters<DecideTicket>) => TicketDecision | undefined,
): void {
  const native = nativeContext(context);
  native.onticketkeycallback = (...ticket) => decide(...ticket) ?? noTicket;
  native.enableTicketKeyCallback?.();
}

/** Where it does not work, the server offers TLS 1.2 alone, without tickets. */
export const ticketGovernance = new Probe(
  observe,
  'TLS 1.3 session tickets, which break uploads off, cannot be withheld: only TLS 1.2 is offered',
);

/** Whether this Node lets us decide about single tickets, as far as that is known: tried with the first handshake. */
export function canGovernTickets(): boolean {
  return isThere && ticketGovernance.works !== false;
}

export const ticketCode = { none: 0, use: 1, useAndRenew: 2 } as const;

const unused = Buffer.alloc(16);
export const noTicket: TicketDecision = [ticketCode.none, unused, unused, unused, unused];

/** Whether a ticket is withheld when we say so, made under our key when we say that, and brings its session back. */
async function observe(): Promise<boolean> {
  if (!isThere) return false;
  let asked = 0;
  const withheld = await handshake((_name, _iv, isNew) => {
    if (isNew) asked += 1;
    return noTicket;
  });
  if (asked === 0 || withheld.sessions.length > 0) return false;
  const key = Buffer.alloc(16, 'key');
  const name = Buffer.alloc(16, 'name');
  const [session] = (await handshake(() => [ticketCode.use, key, key, name, key])).sessions;
  let shown: Buffer | undefined;
  const resumed = await handshake((shownName, shownIv, isNew) => {
    if (isNew) return noTicket;
    shown = Buffer.from(shownName);
    return [ticketCode.use, key, key, shown, shownIv];
  }, session);
  return resumed.isResumed && resumed.sessions.length === 0 && shown?.equals(name) === true;
}

async function handshake(decide: DecideTicket, session?: Buffer) {
  const options: PairOptions = { prepare: (context) => decideTickets(context, decide), ...(session && { session }) };
  const start: Parameters<typeof withTlsPair>[1] = (tcp, startTls) => startTls(tcp);
  return withTlsPair(
    'TLSv1.3',
    start,
    async ({ near, far }) => {
      const signal = AbortSignal.timeout(observationMs);
      const sessions: Buffer[] = [];
      far.on('session', (given) => sessions.push(given));
      near.resume().write('behind the tickets');
      await once(far, 'data', { signal });
      // Node may tell of a session after the data behind it.
      await new Promise((resolve) => setImmediate(resolve));
      return { sessions, isResumed: far.isSessionReused() };
    },
    options,
  );
}

/** Internal to Node: there is no public way to send no ticket, nor to renew one (checked on Node 22, 24 and 26). */
interface NativeContext {
  enableTicketKeyCallback?(): void;
  onticketkeycallback?: DecideTicket;
}

function nativeContext(context: SecureContext): NativeContext {
  return context.context as NativeContext;
}

const isThere = typeof nativeContext(createSecureContext({ ca: [] })).enableTicketKeyCallback === 'function';
