import {
  type ConnectionRefusal,
  type EventSink,
  type HandshakeFailure,
  type LoginRefusal,
  networkKey,
  printable,
  type ServerEvent,
  type TlsOffer,
} from '../../core/index.ts';
import { handshakeWords } from './handshake-words.ts';

/** The events that this hears. */
export const FAILURE_EVENTS = ['handshake.failed', 'login.failed', 'session.refused'] as const;

const ADDRESSES_A_NETWORK = 4;
const FAILURES_AN_ADDRESS = 6;
/** A user name is what a peer chose, and may be a password that was typed in its place. */
const MAX_NAME = 64;
const MAX_REASON = 200;

/** A connection, a handshake or a login that failed. */
export interface ShownFailure {
  /** In ISO 8601. */
  readonly at: string;
  readonly kind: 'connection' | 'handshake' | 'login';
  readonly code: ConnectionRefusal | HandshakeFailure | LoginRefusal;
  readonly reason: string;
  /** Of a login. */
  readonly user?: string;
  /** What the client offered in the handshake, and what the server accepts. */
  readonly tls?: TlsOffer;
  /** What went wrong, and what to change at which end. */
  readonly words: string;
}

/**
 * What failed of late, by address. Neighbours share the room of their network, so that somebody who has many addresses, as
 * everybody has with IPv6, pushes out their own and not those of others.
 */
export class RecentFailures {
  readonly #maxNetworks: () => number;
  /** By network, and in it by address; what failed last is last. */
  readonly #networks = new Map<string, Map<string, readonly ShownFailure[]>>();

  constructor(maxNetworks: () => number) {
    this.#maxNetworks = maxNetworks;
  }

  readonly hear: EventSink = (event: ServerEvent) => {
    const failure = failureOf(event);
    if (!failure || !('address' in event)) return;
    const [network, address] = keysOf(event.address);
    const addresses = this.#networks.get(network) ?? new Map<string, readonly ShownFailure[]>();
    const earlier = addresses.get(address) ?? [];
    setLast(addresses, address, [...earlier, failure].slice(-FAILURES_AN_ADDRESS), ADDRESSES_A_NETWORK);
    setLast(this.#networks, network, addresses, this.#maxNetworks());
  };

  /** The newest first. */
  of(address: string): readonly ShownFailure[] {
    const [network, key] = keysOf(address);
    return (this.#networks.get(network)?.get(key) ?? []).toReversed();
  }
}

function setLast<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) map.delete(oldest);
}

/** IPv4 addresses are 96 bits into the IPv6 ones. */
const IPV4_24 = 120;
const IPV6_48 = 48;
const IPV4 = /^(?:::ffff:)?\d+\.\d+\.\d+\.\d+$/i;

function keysOf(address: string): readonly [network: string, address: string] {
  const bits = IPV4.test(address) ? IPV4_24 : IPV6_48;
  return [networkKey(address, bits) ?? address, networkKey(address, 128) ?? address];
}

function failureOf(event: ServerEvent): ShownFailure | undefined {
  const at = new Date(event.at).toISOString();
  switch (event.event) {
    case 'handshake.failed': {
      const { code, tls } = event;
      const reason = bounded(event.reason, MAX_REASON);
      return { at, kind: 'handshake', code, reason, ...(tls && { tls }), words: handshakeWords(code, reason, tls) };
    }
    case 'login.failed': {
      const { code, user } = event;
      const reason = bounded(event.reason, MAX_REASON);
      return { at, kind: 'login', code, reason, user: bounded(user, MAX_NAME), words: LOGIN_WORDS[code](reason) };
    }
    case 'session.refused': {
      const { code } = event;
      const reason = bounded(event.reason, MAX_REASON);
      return { at, kind: 'connection', code, reason, words: `The connection was refused: ${reason}` };
    }
    default:
      return undefined;
  }
}

/** A copy: V8 keeps the whole line that a part was cut from. */
function bounded(text: string, max: number): string {
  return printable(text.slice(0, max)).split('').join('');
}

const LOGIN_WORDS: { readonly [Code in LoginRefusal]: (reason: string) => string } = {
  credentials: (reason) => `The login was refused like a wrong password: ${reason}`,
  banned: () => 'The address is banned: "lockport ban list" shows by whom and until when, "lockport ban lift" lifts it',
  throttled: () => 'Too many passwords were being checked at that moment: the client may try again',
  expired: (reason) => `The password was right, and is not accepted any more: ${reason}`,
  'password-due': (reason) => `The password was right, and must be changed first: ${reason}`,
  'password-missing': (reason) => `The key was right, and the password did not follow: ${reason}`,
  'code-missing': (reason) => `What was shown was right, and the code did not follow: ${reason}`,
  'new-password': (reason) => `The new password was not accepted: ${reason}`,
  address: (reason) => `The password was right, and the account may not be used from there: ${reason}`,
  'too-many-sessions': () =>
    'The password was right, and the account has as many sessions open as it may: "lockport sessions" shows them, --max-sessions is their number',
  unavailable: (reason) => `The password was right, and the account can not be used at present: ${reason}`,
};
