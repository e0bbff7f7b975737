import { setTimeout } from 'node:timers/promises';
import {
  type Account,
  type Authenticator,
  type Ban,
  background,
  type Credentials,
  type Gatekeeper,
  isRefusal,
  type Limits,
  limitsWith,
  type PasswordPair,
  type Peer,
  type PublicKey,
  type Publish,
  type RateLimiter,
  type Refusal,
} from '../core/index.ts';
import { field, PASSWORD_MISSING, refusalOf, WRONG } from './account-rules.ts';
import { createAccountSessions, type SessionControl, type SessionSlot } from './account-sessions.ts';
import type { BanList } from './ban-list.ts';
import { loginReports } from './login-reports.ts';
import { createLoginThrottle } from './login-throttle.ts';

/** An admitted login: the account, and its slot among the account's sessions. */
export interface Admission extends SessionSlot {
  readonly account: Account;
}

/**
 * Decides on each login and counts the sessions of each account. All sessions that count together must share one. The
 * workspace of an admitted session may be made elsewhere, also in another process.
 */
export interface AdmissionControl extends Pick<Gatekeeper, 'welcome'> {
  /** As `Gatekeeper.admit`; an admitted session keeps its slot until it releases it. */
  admit(user: string, credentials: Credentials, peer: Peer, signal?: AbortSignal): Promise<Admission | Refusal>;
  /** As `Gatekeeper.wouldAdmit`. */
  wouldAdmit(user: string, key: PublicKey, peer: Peer, signal?: AbortSignal): Promise<boolean | Refusal>;
  /** As `Gatekeeper.changePassword`. */
  changePassword(user: string, passwords: PasswordPair, peer: Peer, signal?: AbortSignal): Promise<Refusal | undefined>;
}

/** What holds beside the rules of the account. */
interface FurtherRules {
  /** Asked last, of an account that everything else lets in. */
  readonly further?: (account: Account) => Refusal | undefined | Promise<Refusal | undefined>;
  readonly key?: PublicKey | undefined;
}

/** What a login would come to. */
export interface LoginJudgement {
  readonly verdict: Account | Refusal;
  /** How long the next password for this name from there waits before it is looked at. */
  readonly waitMs: number;
  readonly openSessions: number;
}

/** Tells operators what a login with right credentials would come to. Nothing is counted, published or taken. */
export interface LoginJudge {
  judge(user: string, peer: Peer): Promise<LoginJudgement>;
}

/** The bans that an admission control goes by. They may change at any time. */
export interface BanControl {
  readonly bans: BanList;
}

export interface AdmissionControlOptions {
  readonly authenticator: Authenticator;
  readonly makeRateLimiter: (bytesPerSecond: number) => RateLimiter;
  readonly limits?: Partial<Limits>;
  /** Receives the events of logins and bans. */
  readonly publish?: Publish;
  /**
   * Called before the account is read. The function that it gives is called once the session has its slot: it refuses the
   * login when the account has changed in between.
   */
  readonly watch?: () => Promise<(account: Account) => Promise<Refusal | undefined>>;
  /** The bans of an earlier run that still hold. New bans are published. */
  readonly bans?: Iterable<Ban>;
}

/**
 * The stock admission control: bans and delays, then the authenticator, then the rules of the account. Without a valid
 * credential every refusal has the same text and takes as long, whether the account is missing, disabled or neither.
 */
export function createAdmissionControl(
  options: AdmissionControlOptions,
): AdmissionControl & SessionControl & BanControl & LoginJudge {
  const { authenticator, publish = () => {}, watch, bans = [] } = options;
  const limits = limitsWith(options.limits);
  const throttle = createLoginThrottle(limits);
  const sessions = createAccountSessions(options.makeRateLimiter);
  const reports = loginReports(publish);

  for (const ban of bans) {
    const ms = ban.until.getTime() - Date.now();
    throttle.bans.add(ban, ban.operator ? ms : Math.min(ms, limits.banMs));
  }

  /** Delays this answer and the next ones too, so that a peer gains nothing by hanging up early. */
  async function wait(address: string, user: string, signal?: AbortSignal): Promise<void> {
    const ms = throttle.waitMs(address, user);
    if (ms > 0) await setTimeout(ms, undefined, { signal });
  }

  function count(address: string, user: string): void {
    const ban = throttle.failed(address, user) ? throttle.bans.find(address) : undefined;
    if (ban) publish({ event: 'address.banned', network: ban.network, until: ban.until });
  }

  /** The account, where the authenticator accepts the credentials and the account's rules allow the peer. */
  async function identify(
    authenticated: Promise<Account | Refusal>,
    peer: Peer,
    { further, key }: FurtherRules = {},
  ): Promise<Account | Refusal> {
    const verdict = await authenticated;
    const refusal = isRefusal(verdict) ? verdict : (refusalOf(verdict, peer, key) ?? (await further?.(verdict)));
    if (refusal?.refused !== 'credentials') return refusal ?? verdict;
    const { detail, rule } = refusal;
    return { ...WRONG, ...(detail !== undefined && { detail }), ...(rule && { rule }) };
  }

  /** Takes a session slot for the account, unless the account has changed since it was read. */
  async function takeSlot(
    account: Account,
    { session }: Peer,
    recheck?: (account: Account) => Promise<Refusal | undefined>,
  ) {
    const slot = sessions.take(account, session);
    if (!slot) return TOO_MANY_SESSIONS;
    try {
      const refusal = await recheck?.(account);
      if (!refusal) return { account, ...slot };
      slot.release();
      return refusal;
    } catch (error) {
      slot.release();
      throw error;
    }
  }

  function warn(cause: unknown): void {
    const message = 'A password could not be hashed anew; its next login tries it again';
    publish({ event: 'warning', message, ...(cause instanceof Error && { error: cause }) });
  }

  /** An attempt: one that guesses is delayed, and counted where it is wrong. */
  async function attempt<Result extends object>(
    user: string,
    credentials: Credentials,
    { address }: Peer,
    signal: AbortSignal | undefined,
    work: () => Promise<Result | Refusal>,
  ): Promise<Result | Refusal> {
    const isGuess = canBeGuessed(credentials);
    if (isGuess && !throttle.isBanned(address)) await wait(address, user, signal);
    const ban = throttle.bans.find(address);
    if (ban) return refusalBy(ban);
    const result = await work();
    if (isGuess && isRefusal(result) && result.refused === 'credentials') {
      count(address, user);
      // A peer that hangs up before the answer has failed all the same, and the log must say so.
      await wait(address, user, signal).catch(() => {});
    }
    return result;
  }

  const due = (account: Account) => authenticator.passwordDue?.(account);

  async function decide(
    user: string,
    credentials: Credentials,
    peer: Peer,
    signal?: AbortSignal,
  ): Promise<Admission | Refusal> {
    const recheck = await watch?.();
    const key = credentials.kind === 'certificate' ? undefined : credentials.key;
    const further = async (account: Account): Promise<Refusal | undefined> => {
      if (credentials.kind === 'public-key' && account.keyUse === 'with-password') return PASSWORD_MISSING;
      return (await authenticator.secondFactor?.(account, credentials)) ?? due(account);
    };
    const verdict = await identify(authenticator.authenticate(user, credentials, peer), peer, { further, key });
    if (isRefusal(verdict)) return verdict;
    signal?.throwIfAborted();
    const admission = await takeSlot(verdict, peer, recheck);
    if (isRefusal(admission)) return admission;
    if (canBeGuessed(credentials)) throttle.succeeded(peer.address, user);
    if (authenticator.admitted) background(authenticator.admitted(verdict, credentials), warn);
    return admission;
  }

  /** Gives the account, whose password is then another one. */
  async function setPassword(user: string, { from, to }: PasswordPair, peer: Peer): Promise<Account | Refusal> {
    const credentials = { kind: 'password', password: from } as const;
    const verdict = await identify(authenticator.authenticate(user, credentials, peer), peer);
    if (isRefusal(verdict)) return verdict;
    return (await authenticator.changePassword?.(verdict, to)) ?? verdict;
  }

  /** As `decide`, of right credentials. */
  async function verdictOn(user: string, peer: Peer): Promise<Account | Refusal> {
    const ban = throttle.bans.find(peer.address);
    if (ban) return refusalBy(ban);
    if (!authenticator.judge) return { refused: 'unavailable', message: 'This authenticator does not tell' };
    const recheck = await watch?.();
    const verdict = await identify(authenticator.judge(user, peer), peer, { further: due });
    if (isRefusal(verdict)) return verdict;
    if (sessions.isFull(verdict)) return TOO_MANY_SESSIONS;
    return (await recheck?.(verdict)) ?? verdict;
  }

  return {
    bans: throttle.bans,
    welcome({ address }) {
      const ban = throttle.bans.find(address);
      return ban && refusalBy(ban);
    },
    endSessions: sessions.endSessions,
    setExpiry: sessions.setExpiry,

    async judge(user, peer) {
      const waitMs = throttle.waitMs(peer.address, user);
      return { verdict: await verdictOn(user, peer), waitMs, openSessions: sessions.openSessions(user) };
    },

    async wouldAdmit(user, key, peer) {
      if (throttle.isBanned(peer.address)) return false;
      const account = await authenticator.findByKey?.(user, key, peer);
      if (!account) return false;
      const refusal = refusalOf(account, peer, key);
      if (!refusal) return true;
      reports.shown(user, key, peer, refusal);
      return refusal;
    },

    async admit(user, credentials, peer, signal) {
      const verdict = await attempt(user, credentials, peer, signal, () => decide(user, credentials, peer, signal));
      reports.decided(user, credentials, peer, verdict);
      return verdict;
    },

    async changePassword(user, passwords, peer, signal) {
      const credentials = { kind: 'password', password: passwords.from } as const;
      const verdict = await attempt(user, credentials, peer, signal, () => setPassword(user, passwords, peer));
      if (isRefusal(verdict)) {
        reports.decided(user, credentials, peer, verdict);
        return verdict;
      }
      const { session, protocol, address } = peer;
      sessions.endSessions(verdict.name, 'password changed', session);
      publish({ event: 'password.changed', account: verdict.name, session, protocol, address });
      return undefined;
    },
  };
}

/** Certificates and keys can't be, and clients show what they have, one after the other: only passwords and codes count as attempts. */
function canBeGuessed({ kind, code }: Credentials): boolean {
  return kind === 'password' || code !== undefined;
}

const BANNED: Refusal = {
  refused: 'banned',
  message: 'Too many failed logins from your address; try again later',
  close: true,
};
/** The reason of an operator is no business of the peer. */
const UNWELCOME: Refusal = {
  refused: 'banned',
  message: 'Connections from your address are not accepted',
  close: true,
};
const TOO_MANY_SESSIONS: Refusal = {
  refused: 'too-many-sessions',
  message: 'This account has no session left to open',
  rule: field('maxSessions'),
};

function refusalBy(ban: Ban): Refusal {
  return { ...(ban.operator ? UNWELCOME : BANNED), rule: { kind: 'ban', ...ban } };
}
