/** What administrators may do, the weakest first. Each role may do what those before it may. */
export const ADMIN_ROLES = ['auditor', 'operator', 'owner'] as const;
export type AdminRole = (typeof ADMIN_ROLES)[number];

/** Whoever administers the server over the API. No account: nobody signs in for files by it. */
export interface Administrator {
  readonly name: string;
  readonly role: AdminRole;
  /** The groups whose accounts are within reach; empty: the whole server. */
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

/** A stored administrator. */
export interface AdministratorRecord extends Administrator {
  /** Empty: there is no password, and every one is wrong. */
  readonly passwordHash: string;
  /** The shared secret of its authenticator (RFC 6238), in base32. */
  readonly totpSecret?: string;
  /** The newest time step whose code was used. Codes up to it are refused. */
  readonly totpStep?: number;
  /** Hashes of the passwords before the present one, as many as are remembered, the newest first. */
  readonly earlierPasswordHashes: readonly string[];
  /** It must set another password before anything else. */
  readonly mustChangePassword: boolean;
  /** Another one after each change of its password, second factor, role, groups or state: what was allowed before is over. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly passwordChangedAt: Date;
  readonly lastLoginAt?: Date;
  /** Until then every password is refused. It may lie in the past. */
  readonly lockedUntil?: Date;
}

/** A token by which a program acts for an administrator. */
export interface AdminToken {
  /** Names it. It is no secret. */
  readonly id: string;
  readonly administrator: string;
  /** What it is for. */
  readonly label: string;
  /** The most that it may do: its administrator's own role counts where that is weaker. */
  readonly role: AdminRole;
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string;
  readonly createdAt: Date;
  readonly expires: Date;
  readonly lastUsedAt?: Date;
}

/** What goes with another password. By default nothing is remembered, and nothing has to be changed. */
export interface AdministratorPasswordChange {
  /** How many of its earlier passwords are remembered, as hashes. */
  readonly keepEarlier?: number;
  readonly mustChange?: boolean;
}

export type AdministratorChanges = Partial<Omit<Administrator, 'name'>>;

/** An administrator as a change found it and as it left it. */
export interface ChangedAdministrator {
  readonly before: AdministratorRecord;
  readonly after: AdministratorRecord;
}

/** Stores administrators and their tokens. Nothing is cached: another process may change them at any time. */
export interface AdministratorStore {
  find(name: string): Promise<AdministratorRecord | undefined>;
  /** All, in the order of code points. */
  list(): Promise<readonly AdministratorRecord[]>;
  /** @throws AdministratorError `administrator-exists`, `invalid-administrator` */
  add(administrator: Administrator, passwordHash: string): Promise<void>;
  /**
   * Of one moment, as `remove` is: whichever processes change administrators, the last one who may do all keeps that.
   * @throws AdministratorError `no-such-administrator`, `last-owner`
   */
  update(name: string, changes: AdministratorChanges): Promise<ChangedAdministrator>;
  /** Gives what it was. Its tokens go with it. @throws AdministratorError `no-such-administrator`, `last-owner` */
  remove(name: string): Promise<AdministratorRecord>;
  /** Lifts a lock, too. @throws AdministratorError `no-such-administrator` */
  setPasswordHash(name: string, passwordHash: string, options?: AdministratorPasswordChange): Promise<void>;
  /** Undefined takes the second factor away. @throws AdministratorError `no-such-administrator` */
  setTotpSecret(name: string, secret: string | undefined): Promise<void>;
  /** Notes the step whose code was used. It never goes back. Does nothing where the administrator no longer exists; so do those below. */
  recordTotpStep(name: string, step: number): Promise<void>;
  recordLogin(name: string): Promise<void>;
  setLock(name: string, until: Date | undefined): Promise<void>;
  /**
   * @param most as many tokens an administrator may have afterwards, those that are over among them; default: no bound
   * @throws AdministratorError `no-such-administrator`, `too-many-tokens`
   */
  addToken(token: AdminToken, most?: number): Promise<void>;
  findToken(id: string): Promise<AdminToken | undefined>;
  /** The tokens of an administrator. */
  tokens(name: string): Promise<readonly AdminToken[]>;
  /** @throws AdministratorError `no-such-token` */
  removeToken(id: string): Promise<void>;
  recordTokenUse(id: string): Promise<void>;
}

/** As the codes say. */
export type AdministratorErrorCode =
  | 'administrator-exists'
  | 'no-such-administrator'
  | 'invalid-administrator'
  | 'last-owner'
  | 'no-such-token'
  | 'too-many-tokens'
  | 'too-many-passkeys'
  | 'passkey-exists';

/** A failure whose message can be shown to operators. */
export class AdministratorError extends Error {
  override readonly name = 'AdministratorError';
  readonly code: AdministratorErrorCode;

  constructor(code: AdministratorErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function tooManyTokens(name: string, most: number): AdministratorError {
  const message = `The administrator ${name} has ${most} tokens, and no room for another one: revoke one first`;
  return new AdministratorError('too-many-tokens', message);
}

/** Whether a role may do what another one may. */
export function isAtLeast(role: AdminRole, needed: AdminRole): boolean {
  return ADMIN_ROLES.indexOf(role) >= ADMIN_ROLES.indexOf(needed);
}

/** @param before all administrators @throws AdministratorError `last-owner` where nobody of those who are left may do all */
export function requireOwner(before: readonly Administrator[], left: readonly Administrator[]): void {
  if (!before.some(mayDoAll) || left.some(mayDoAll)) return;
  const message = 'Nobody would be left who may administer all: make somebody else an owner first';
  throw new AdministratorError('last-owner', message);
}

function mayDoAll({ role, groups, disabled }: Administrator): boolean {
  return role === 'owner' && groups.length === 0 && !disabled;
}

export function noSuchAdministrator(name: string): AdministratorError {
  const how = '"lockport admin list" shows them';
  return new AdministratorError('no-such-administrator', `There is no administrator ${JSON.stringify(name)}; ${how}`);
}
