import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE = 16;
const TIME = 8;
const MAC = 32;

/**
 * What authenticators sign (WebAuthn Level 3 section 13.4.3). None is kept until it was answered: each has its time in it, and a
 * code of a key that this process alone knows. So whoever asks for many takes no memory, and pushes nobody else's out.
 */
export class PasskeyChallenges {
  readonly #key = randomBytes(32);
  readonly #lastsMs: number;
  readonly #most: number;
  readonly #now: () => number;
  /** Those that were answered rightly, and when each is over. */
  readonly #answered = new Map<string, number>();

  /**
   * @param most as many answers are remembered; beyond that no further one is taken
   * @param now a clock in ms that never jumps
   */
  constructor(lastsMs: number, most: number, now = () => performance.now()) {
    this.#lastsMs = lastsMs;
    this.#most = most;
    this.#now = now;
  }

  /** @param purpose what it is good for; with another one it is none */
  make(purpose: string): Uint8Array<ArrayBuffer> {
    const time = Buffer.alloc(TIME);
    time.writeDoubleBE(this.#now() + this.#lastsMs);
    const open = Buffer.concat([randomBytes(NONCE), time]);
    return Uint8Array.from(Buffer.concat([open, this.#macOf(open, purpose)]));
  }

  /** Whether it is one of ours, for that, in time, and not yet answered. */
  isGood(challenge: string, purpose: string): boolean {
    const bytes = Buffer.from(challenge, 'base64url');
    if (bytes.length !== NONCE + TIME + MAC) return false;
    const open = bytes.subarray(0, NONCE + TIME);
    if (!timingSafeEqual(bytes.subarray(NONCE + TIME), this.#macOf(open, purpose))) return false;
    return open.readDoubleBE(NONCE) > this.#now() && !this.#answered.has(bytes.toString('base64url'));
  }

  /** It was answered rightly, and is good for nothing more. False where there is no room to remember that. */
  answer(challenge: string): boolean {
    const now = this.#now();
    for (const [each, endsAt] of this.#answered) if (endsAt <= now) this.#answered.delete(each);
    if (this.#answered.size >= this.#most) return false;
    const bytes = Buffer.from(challenge, 'base64url');
    this.#answered.set(bytes.toString('base64url'), bytes.readDoubleBE(NONCE));
    return true;
  }

  #macOf(open: Buffer, purpose: string): Buffer {
    return createHmac('sha256', this.#key).update(open).update(purpose).digest();
  }
}
