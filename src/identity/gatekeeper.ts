import { setTimeout } from 'node:timers/promises';
import {
  type Account,
  type Authenticator,
  type BanStore,
  type Credentials,
  type EndOfStream,
  type EventSink,
  type Gatekeeper,
  isRefusal,
  type Limits,
  limitsWith,
  type Pace,
  type Peer,
  type Policy,
  type Refusal,
  rightsOf,
  type SessionReuse,
  type Storage,
  type Workspace,
} from '../core/index.ts';
import { isAllowed, networkOf } from './address.ts';
import { createLoginThrottle } from './login-throttle.ts';
import { createPlaces, type Place } from './places.ts';

export interface GatekeeperOptions {
  readonly authenticator: Authenticator;
  /** The account's view: confined to its home, holding its rights and its quota. */
  readonly openStorage: (account: Account) => Promise<Storage>;
  readonly makePace: (bytesPerSecond: number) => Pace;
  /** For accounts that do not say otherwise. Default: `require`. */
  readonly sessionReuse?: SessionReuse;
  /** For accounts that do not say otherwise. Default: `strict`. */
  readonly endOfStream?: EndOfStream;
  readonly limits?: Partial<Limits>;
  /** Hears of bans. Logins are told by whoever asked. */
  readonly onEvent?: EventSink;
  readonly banStore?: BanStore;
}

/**
 * The stock gatekeeper: bans and delays, then the authenticator, then what the account itself allows. Before a valid
 * credential was shown, every refusal reads the same and takes as long, whether the account exists, is disabled or not.
 */
export function createGatekeeper(options: GatekeeperOptions): Gatekeeper {
  const { authenticator, openStorage, onEvent = () => {}, banStore } = options;
  const limits = limitsWith(options.limits);
  const throttle = createLoginThrottle(limits);
  const places = createPlaces(options.makePace);

  for (const { network, until } of banStore?.load() ?? []) {
    throttle.ban(network, Math.min(until.getTime() - Date.now(), limits.banMs));
  }

  /** A delay for the answer, and for all that come after it: hanging up early gains nothing. */
  async function wait(address: string, user: string, signal?: AbortSignal): Promise<void> {
    const ms = throttle.waitMs(address, user);
    if (ms > 0) await setTimeout(ms, undefined, { signal });
  }

  function count(address: string, user: string): void {
    if (!throttle.failed(address, user)) return;
    const network = networkOf(address);
    onEvent({ event: 'warning', message: `${network} is banned for ${limits.banMs / 1000} s: too many failed logins` });
    try {
      banStore?.save({ network, until: new Date(Date.now() + limits.banMs) });
    } catch (error) {
      const message = `The ban of ${network} will not outlive a restart`;
      onEvent({ event: 'warning', message, ...(error instanceof Error && { error }) });
    }
  }

  function policyOf(account: Account, { paces }: Place): Policy {
    return {
      sessionReuse: account.sessionReuse ?? options.sessionReuse ?? 'require',
      endOfStream: account.endOfStream ?? options.endOfStream ?? 'strict',
      ...paces,
      allows: rightsOf(account.rights),
    };
  }

  /** Who it is, once and only when the authenticator has said so and the account agrees. */
  async function identify(user: string, credentials: Credentials, peer: Peer): Promise<Account | Refusal> {
    const verdict = await authenticator.authenticate(user, credentials, peer);
    const refusal = isRefusal(verdict) ? verdict : refusalOf(verdict, peer.address);
    if (refusal?.refused !== 'credentials') return refusal ?? verdict;
    return refusal.detail === undefined ? WRONG : { ...WRONG, detail: refusal.detail };
  }

  async function enter(account: Account, signal?: AbortSignal): Promise<Workspace | Refusal> {
    const place = places.take(account);
    if (!place) return TOO_MANY_SESSIONS;
    try {
      const storage = await openStorage(account);
      signal?.throwIfAborted();
      return { account, storage, policy: policyOf(account, place), [Symbol.asyncDispose]: async () => place.release() };
    } catch (error) {
      place.release();
      throw error;
    }
  }

  return {
    welcome: (peer) => (throttle.isBanned(peer.address) ? BANNED : undefined),

    async admit(user, credentials, peer, signal) {
      const { address } = peer;
      // A certificate cannot be guessed, and clients show theirs beside a password: only passwords count as attempts.
      const isGuess = credentials.kind === 'password';
      if (isGuess && !throttle.isBanned(address)) await wait(address, user, signal);
      if (throttle.isBanned(address)) return BANNED;

      const verdict = await identify(user, credentials, peer);
      if (!isRefusal(verdict)) {
        signal?.throwIfAborted();
        const entered = await enter(verdict, signal);
        if (isGuess && !isRefusal(entered)) throttle.succeeded(address, user);
        return entered;
      }
      if (isGuess && verdict.refused === 'credentials') {
        count(address, user);
        // Whoever does not wait for the answer has failed all the same, and that must be told.
        await wait(address, user, signal).catch(() => {});
      }
      return verdict;
    },
  };
}

const BANNED: Refusal = {
  refused: 'banned',
  message: 'Too many failed logins from your address; try again later',
  close: true,
};
const WRONG: Refusal = { refused: 'credentials', message: 'Wrong user name or password' };
const TOO_MANY_SESSIONS: Refusal = {
  refused: 'too-many-sessions',
  message: 'This account has no session left to open',
};

/** What the account itself has against a peer that has shown a right credential. */
function refusalOf(account: Account, address: string): Refusal | undefined {
  if (account.disabled) return { ...WRONG, detail: 'disabled' };
  if (account.expires && account.expires.getTime() <= Date.now()) {
    return { refused: 'expired', message: 'This account has expired' };
  }
  if (!isAllowed(address, account.allowedAddresses)) {
    return { refused: 'address', message: 'This account may not be used from your address' };
  }
  return undefined;
}
