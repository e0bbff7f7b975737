import { setTimeout } from 'node:timers/promises';
import {
  type AdministratorRecord,
  type AdministratorStore,
  background,
  type Limits,
  limitsWith,
  networkOf,
  type Publish,
} from '../../core/index.ts';
import {
  type AccountLock,
  type BanList,
  createAccountLock,
  createLoginThrottle,
  createPasswordChecker,
  createTotpCodes,
  type LoginThrottle,
  type PasswordChecker,
  type TotpCodes,
} from '../../identity/index.ts';
import type { PasswordRules } from '../password-rules.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';

export interface AdminLoginParts {
  readonly administrators: AdministratorStore;
  /** Those of the whole server. */
  readonly bans: BanList;
  readonly limits: Limits;
  /** The rules that hold now. */
  readonly rules: () => { readonly passwords: PasswordRules; readonly requireTotp: boolean };
  readonly publish: Publish;
}

interface GivenLogin {
  readonly name: string;
  readonly password: string;
  readonly code?: string | undefined;
}

/** So many networks it takes to have all logins under way. */
const NETWORKS_AT_LEAST = 4;

const WRONG = apiFailure('wrong-login', 'Wrong name, password or code');
const WRONG_PASSKEY = apiFailure('wrong-login', 'This passkey opens nothing here');

/**
 * Checks who signs in as an administrator, in the primary process: hashes and secrets leave it never. Guessing is slowed down and
 * banned as that of accounts is, and hashing has a queue of its own, so that it holds up no account.
 */
export class AdminLogin {
  readonly #parts: AdminLoginParts;
  readonly #throttle: LoginThrottle;
  readonly #checker: PasswordChecker;
  readonly #lock: AccountLock;
  readonly #codes: TotpCodes;
  /** Attempts under way, by network. */
  readonly #waiting = new Map<string, number>();

  constructor(parts: AdminLoginParts) {
    const { limits, administrators, rules } = parts;
    this.#parts = parts;
    this.#throttle = createLoginThrottle(limits);
    this.#checker = createPasswordChecker(
      limitsWith({ ...limits, maxConcurrentPasswordChecks: 1, maxWaitingPasswordChecks: limits.maxAdminLoginsAtOnce }),
    );
    this.#codes = createTotpCodes(limits, (name, step) => administrators.recordTotpStep(name, step));
    this.#lock = createAccountLock(
      () => ({ after: rules().passwords.lockAfter, forMs: rules().passwords.lockFor }),
      limits,
      (name, until) => administrators.setLock(name, until),
    );
  }

  /** The administrator, or why there is none. Every failure that has to do with name, password or code reads the same. */
  signIn(given: GivenLogin, address: string): Promise<AdministratorRecord | ApiFailure> {
    return this.#attempt(given.name, address, { check: () => this.#check(given), wrong: WRONG });
  }

  /**
   * As `signIn`. The authenticator has seen to it who holds it, so it is two factors in one, and no code is asked for.
   * @param name of whom the passkey is; empty where nobody knows it
   */
  signInByPasskey(
    name: string,
    isAnswer: () => Promise<boolean>,
    address: string,
  ): Promise<AdministratorRecord | ApiFailure> {
    return this.#attempt(name, address, { check: () => this.#checkPasskey(name, isAnswer), wrong: WRONG_PASSKEY });
  }

  async #attempt(
    name: string,
    address: string,
    { check, wrong }: { readonly check: () => Promise<AdministratorRecord | string>; readonly wrong: ApiFailure },
  ): Promise<AdministratorRecord | ApiFailure> {
    const { bans, limits, publish } = this.#parts;
    const network = networkOf(address);
    const own = this.#waiting.get(network) ?? 0;
    const all = [...this.#waiting.values()].reduce((sum, count) => sum + count, 0);
    // Whoever guesses waits, and must not take all the room of those who have the right password meanwhile.
    if (all >= limits.maxAdminLoginsAtOnce || own >= Math.ceil(limits.maxAdminLoginsAtOnce / NETWORKS_AT_LEAST)) {
      return apiFailure('too-many-logins', 'Too many logins at once: try again in a moment');
    }
    this.#waiting.set(network, own + 1);
    try {
      await this.#wait(name, address);
      if (bans.find(address)) return apiFailure('banned', 'Connections from your address are not accepted');
      const outcome = await check();
      if (typeof outcome !== 'string') {
        this.#throttle.succeeded(address, name);
        background(this.#parts.administrators.recordLogin(outcome.name), () => undefined);
        publish({ event: 'admin.signed-in', administrator: outcome.name, address });
        return outcome;
      }
      publish({ event: 'admin.sign-in-failed', administrator: name, address, reason: outcome });
      if (outcome === BUSY) return apiFailure('too-many-logins', 'Too many logins at once: try again in a moment');
      this.#count(name, address);
      await this.#wait(name, address);
      return wrong;
    } finally {
      const left = (this.#waiting.get(network) ?? 1) - 1;
      if (left === 0) this.#waiting.delete(network);
      else this.#waiting.set(network, left);
    }
  }

  /** Why that is not the password of somebody who has signed in; undefined where it is. Guessing costs what it does at a login. */
  async confirm(name: string, password: string, address: string): Promise<ApiFailure | undefined> {
    await this.#wait(name, address);
    const found = await this.#parts.administrators.find(name);
    const verdict = await this.#checker.check(password, found?.passwordHash);
    if (typeof verdict !== 'boolean')
      return apiFailure('too-many-logins', 'Too many logins at once: try again in a moment');
    if (verdict) return undefined;
    this.#lock.failed(name);
    this.#count(name, address);
    return apiFailure('not-allowed', 'That is not the present password');
  }

  /** The administrator, or what went wrong, for the record alone. */
  async #check({ name, password, code }: GivenLogin): Promise<AdministratorRecord | string> {
    const { administrators, rules, limits } = this.#parts;
    const found = await administrators.find(name);
    const verdict = await this.#checker.check(password, found?.passwordHash);
    if (typeof verdict !== 'boolean') return BUSY;
    if (!found) return 'unknown administrator';
    const isLocked = (found.lockedUntil?.getTime() ?? 0) > Date.now() || this.#lock.isLocking(name);
    if (!verdict) {
      if (!isLocked) this.#lock.failed(name);
      return 'wrong password';
    }
    if (isLocked) return 'locked after too many wrong passwords';
    if (found.disabled) return 'disabled';
    const { maxAge = Number.POSITIVE_INFINITY } = rules().passwords;
    const age = Date.now() - found.passwordChangedAt.getTime();
    if (age >= maxAge) return 'the password has expired';
    // Whoever finds it later, in a mail or a chat, opens nothing by it.
    if (found.mustChangePassword && age >= limits.adminOneTimePasswordMs)
      return 'the one-time password is over: an owner makes another one';
    if (found.totpSecret === undefined) {
      if (rules().requireTotp) return 'has no second factor, and admin.requireTotp asks for one';
    } else if (!(await this.#codes.take(name, { secret: found.totpSecret, usedStep: found.totpStep ?? 0 }, code))) {
      // The password may be known to others by now, and codes can be tried: so they count as wrong passwords do.
      this.#lock.failed(name);
      return code === undefined ? 'no code' : 'wrong code, or one that was used';
    }
    this.#lock.succeeded(name);
    return found;
  }

  async #checkPasskey(name: string, isAnswer: () => Promise<boolean>): Promise<AdministratorRecord | string> {
    const found = name === '' ? undefined : await this.#parts.administrators.find(name);
    if (!found) return 'unknown passkey';
    if (!(await isAnswer())) return 'wrong answer of a passkey';
    const isLocked = (found.lockedUntil?.getTime() ?? 0) > Date.now() || this.#lock.isLocking(name);
    if (isLocked) return 'locked after too many wrong passwords';
    return found.disabled ? 'disabled' : found;
  }

  async #wait(name: string, address: string): Promise<void> {
    const ms = this.#throttle.waitMs(address, name);
    if (ms > 0) await setTimeout(ms);
  }

  /** A ban is one of the whole server, and kept as all are. */
  #count(name: string, address: string): void {
    const { bans, limits, publish } = this.#parts;
    const ban = this.#throttle.failed(address, name) ? this.#throttle.bans.find(address) : undefined;
    if (!ban) return;
    bans.add(ban, limits.banMs);
    publish({ event: 'address.banned', network: ban.network, until: ban.until });
  }
}

const BUSY = 'too many logins at once';
