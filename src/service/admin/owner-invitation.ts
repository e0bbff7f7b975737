import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Where whoever has it becomes the first owner. */
export interface OwnerLink {
  readonly url: string;
  readonly expires: Date;
}

/**
 * Lets one person become the first owner: whoever reads what the server has printed. It is taken once, and over after its time. Its
 * secret is kept as a hash.
 */
export class OwnerInvitation {
  readonly #now: () => number;
  readonly #hash: Buffer;
  readonly #endsAt: number;
  #state: 'open' | 'busy' | 'taken' = 'open';

  private constructor(secret: string, lastsMs: number, now: () => number) {
    this.#now = now;
    this.#hash = hashOf(secret);
    this.#endsAt = now() + lastsMs;
  }

  /** @param now a clock in ms that never jumps */
  static make(
    lastsMs: number,
    now = () => performance.now(),
  ): { readonly invitation: OwnerInvitation; readonly secret: string } {
    const secret = randomBytes(32).toString('base64url');
    return { invitation: new OwnerInvitation(secret, lastsMs, now), secret };
  }

  /**
   * Does the work of whoever has the secret; undefined for everybody else. The invitation is taken where the work says so, and
   * else stays as it was.
   */
  async use<Outcome>(
    secret: string,
    work: () => Promise<Outcome>,
    isTaken: (outcome: Outcome) => boolean,
  ): Promise<Outcome | undefined> {
    if (this.#state !== 'open' || this.#now() >= this.#endsAt) return undefined;
    if (!timingSafeEqual(hashOf(secret), this.#hash)) return undefined;
    // From here on nobody else gets in, whatever is awaited.
    this.#state = 'busy';
    try {
      const outcome = await work();
      if (isTaken(outcome)) this.#state = 'taken';
      return outcome;
    } finally {
      if (this.#state === 'busy') this.#state = 'open';
    }
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
