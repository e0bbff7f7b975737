import { createHmac, randomBytes } from 'node:crypto';
import type { Limits } from '../core/index.ts';
import { passwordBytes } from './password.ts';

/**
 * Which passwords were found right a short while ago, so that a client that signs in again and again costs one hash and
 * not hundreds. It holds neither passwords nor stored hashes but marks of the two together, under a key that this
 * process alone has: with another password, or once the stored hash is another, there is no mark.
 */
export class PasswordCache {
  readonly #key = randomBytes(32);
  readonly #keepMs: number;
  readonly #maxMarks: number;
  /** Until when each mark counts, on the clock of `performance.now`; the oldest comes first. */
  readonly #marks = new Map<string, number>();
  #isSweeping = false;

  constructor({ verifiedPasswordMs, maxVerifiedPasswords }: Limits) {
    this.#keepMs = verifiedPasswordMs;
    this.#maxMarks = maxVerifiedPasswords;
  }

  /** What stands for the password and the hash that it belongs to. It takes as long whether there is a hash or not. */
  markOf(password: string, hash = ''): string {
    // The hash is hashed itself, so that no end of one and beginning of a password can pass for another pair.
    const bound = createHmac('sha256', this.#key).update(hash).digest();
    return createHmac('sha256', this.#key).update(bound).update(passwordBytes(password)).digest('base64');
  }

  has(mark: string): boolean {
    return (this.#marks.get(mark) ?? 0) > performance.now();
  }

  add(mark: string): void {
    if (this.#keepMs === 0) return;
    this.#marks.delete(mark);
    this.#marks.set(mark, performance.now() + this.#keepMs);
    const [oldest] = this.#marks.keys();
    if (this.#marks.size > this.#maxMarks && oldest !== undefined) this.#marks.delete(oldest);
    if (!this.#isSweeping) this.#sweepIn(this.#keepMs);
  }

  /** One timer for all marks: what no longer counts leaves the memory too, where no login comes any more. */
  #sweepIn(ms: number): void {
    this.#isSweeping = true;
    setTimeout(() => this.#sweep(), ms).unref();
  }

  #sweep(): void {
    const now = performance.now();
    for (const [mark, until] of this.#marks) {
      if (until > now) return this.#sweepIn(until - now);
      this.#marks.delete(mark);
    }
    this.#isSweeping = false;
  }
}
