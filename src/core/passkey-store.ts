/** A key of an authenticator by which an administrator signs in (WebAuthn Level 3), without its secret half. */
export interface Passkey {
  /** That of the credential, base64url. */
  readonly id: string;
  readonly administrator: string;
  /** What its holder calls it. */
  readonly label: string;
  /** COSE_Key (RFC 9052 section 7), base64url. */
  readonly publicKey: string;
  /** Of signatures, as the authenticator has last said; 0 where it does not count. */
  readonly counter: number;
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
}

/** Stores passkeys. Those of an administrator go with it. */
export interface PasskeyStore {
  find(id: string): Promise<Passkey | undefined>;
  /** Those of one administrator, the oldest first. */
  of(administrator: string): Promise<readonly Passkey[]>;
  /** How many each administrator has; those without any are left out. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** @throws AdministratorError `no-such-administrator`, `too-many-passkeys`, `passkey-exists` */
  add(passkey: Passkey, most: number): Promise<void>;
  /** One of its passkeys, or all. Its sessions are over, for one of them may have begun by it. Gives how many there were. */
  remove(administrator: string, id?: string): Promise<number>;
  /** Does nothing where it no longer exists. */
  recordUse(id: string, counter: number): Promise<void>;
}
