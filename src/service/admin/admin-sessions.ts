import { createHash, randomBytes } from 'node:crypto';
import type { AdministratorRecord, Limits } from '../../core/index.ts';

/** A session of an administrator in a browser. */
export interface AdminSession {
  readonly administrator: string;
  /** Shown by whoever changes something: a page of another site does not know it. */
  readonly csrf: string;
  /** In ms since 1970. */
  readonly createdAt: number;
  /** Of the administrator as it was: with another one the session is over. */
  readonly basis: string;
}

interface KeptSession extends AdminSession {
  /** On the clock of the sessions. */
  readonly endsAt: number;
  idleEndsAt: number;
}

/**
 * The sessions of administrators, in memory alone: a restart ends them. A session is found by the hash of its cookie, so that
 * time tells nothing of cookies that exist.
 */
export class AdminSessions {
  readonly #limits: Pick<Limits, 'adminIdleMs' | 'adminSessionMs' | 'maxAdminSessions'>;
  readonly #now: () => number;
  readonly #sessions = new Map<string, KeptSession>();

  /** @param now a clock in ms that never jumps */
  constructor(
    limits: Pick<Limits, 'adminIdleMs' | 'adminSessionMs' | 'maxAdminSessions'>,
    now = () => performance.now(),
  ) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Begins a session, and gives the value of its cookie. */
  begin(administrator: AdministratorRecord): { readonly cookie: string; readonly session: AdminSession } {
    this.#forgetPast();
    const cookie = randomBytes(32).toString('base64url');
    const now = this.#now();
    const session: KeptSession = {
      administrator: administrator.name,
      csrf: randomBytes(32).toString('base64url'),
      createdAt: Date.now(),
      basis: basisOf(administrator),
      endsAt: now + this.#limits.adminSessionMs,
      idleEndsAt: now + this.#limits.adminIdleMs,
    };
    this.#sessions.set(keyOf(cookie), session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#limits.maxAdminSessions && oldest !== undefined) this.#sessions.delete(oldest);
    return { cookie, session };
  }

  /** The session of a cookie, which goes on being idle. */
  look(cookie: string): AdminSession | undefined {
    return this.#found(cookie);
  }

  /** The session of a cookie, which is idle no longer. */
  find(cookie: string): AdminSession | undefined {
    const session = this.#found(cookie);
    if (!session) return undefined;
    session.idleEndsAt = this.#now() + this.#limits.adminIdleMs;
    return session;
  }

  end(cookie: string): void {
    this.#sessions.delete(keyOf(cookie));
  }

  #found(cookie: string): KeptSession | undefined {
    const session = this.#sessions.get(keyOf(cookie));
    return session && !this.#isOver(session) ? session : undefined;
  }

  #isOver({ endsAt, idleEndsAt }: KeptSession): boolean {
    return this.#now() >= Math.min(endsAt, idleEndsAt);
  }

  #forgetPast(): void {
    for (const [key, session] of this.#sessions) if (this.#isOver(session)) this.#sessions.delete(key);
  }
}

/**
 * What a session stands on: it changes with the password, second factor, role, groups or state of its administrator. Whoever was
 * removed and added anew is somebody else.
 */
export function basisOf({ createdAt, revision }: Pick<AdministratorRecord, 'createdAt' | 'revision'>): string {
  return `${createdAt.getTime()} ${revision}`;
}

function keyOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64');
}
