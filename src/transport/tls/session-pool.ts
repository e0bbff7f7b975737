/**
 * The TLS sessions that a server gave one control connection and those data connections that resumed one of them: by
 * resuming them, and no other's, both sides know that a data connection is theirs.
 */
export class SessionPool {
  readonly #unused: Buffer[] = [];
  #last: Buffer | undefined;

  /** How many were not used yet. */
  get unused(): number {
    return this.#unused.length;
  }

  add(session: Buffer): void {
    this.#unused.push(session);
    if (this.#unused.length > maxUnused) this.#unused.shift();
  }

  /**
   * The newest that was not used yet (RFC 8446 appendix C.4: each once), else the last again: a session of TLS 1.2 may
   * be resumed often, and some servers give one ticket of TLS 1.3 and no more.
   */
  take(): Buffer | undefined {
    this.#last = this.#unused.pop() ?? this.#last;
    return this.#last;
  }
}

/** One transfer runs at a time, and needs one. */
const maxUnused = 8;
