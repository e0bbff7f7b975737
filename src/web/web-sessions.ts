import { createHash, randomBytes } from 'node:crypto';
import { background } from '../core/index.ts';
import type { WebSession } from './web-session.ts';

/**
 * The sessions of browsers, in memory alone: a restart ends them. One is found by the hash of its cookie, so that time tells nothing of
 * cookies that exist.
 */
export class WebSessions {
  readonly #open = new Map<string, WebSession>();

  get all(): readonly WebSession[] {
    return [...this.#open.values()];
  }

  get size(): number {
    return this.#open.size;
  }

  /** Gives the value of its cookie. */
  add(session: WebSession): string {
    const cookie = randomBytes(32).toString('base64url');
    const key = keyOf(cookie);
    this.#open.set(key, session);
    background(
      session.ended.then(() => this.#open.delete(key)),
      () => undefined,
    );
    return cookie;
  }

  find(cookie: string | undefined): WebSession | undefined {
    const found = cookie === undefined ? undefined : this.#open.get(keyOf(cookie));
    return found?.signal.aborted ? undefined : found;
  }
}

function keyOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url');
}
