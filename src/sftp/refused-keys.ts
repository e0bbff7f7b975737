import type { LoginRefusal, PublicKey } from '../core/index.ts';
import { sshFingerprint } from '../transport/index.ts';

/**
 * The keys that one peer has shown in vain. A client shows all that it has, one after the other, and often a password behind
 * them: no single one is a failed login, but a peer that leaves without having signed in has failed by all of them.
 */
export class RefusedKeys {
  readonly #seen = new Set<string>();
  #last: string | undefined;

  /** How many there can be is bounded by the requests of one connection. */
  add(key: PublicKey): void {
    this.#last = sshFingerprint(key.blob);
    this.#seen.add(this.#last);
  }

  /** What is told of them at the end: undefined where there are none. */
  get told(): { readonly code: LoginRefusal; readonly reason: string; readonly key: string } | undefined {
    if (this.#last === undefined) return undefined;
    const { size } = this.#seen;
    const reason = size === 1 ? 'not a key of the account' : `none of ${size} keys is one of the account`;
    return { code: 'credentials', reason, key: this.#last };
  }
}
