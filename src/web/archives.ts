import { randomBytes } from 'node:crypto';
import type { Limits, VirtualPath } from '../core/index.ts';
import { WebFailure } from './problem.ts';

/** What goes into one zip. */
export interface ArchiveRequest {
  readonly paths: readonly VirtualPath[];
  readonly name: string;
}

/** The zips of one session that were asked for, and are to be fetched: a browser takes one by a link, which can't hold many paths. */
export class Archives {
  readonly #limits: Pick<Limits, 'maxWebArchives' | 'webArchiveMs'>;
  readonly #waiting = new Map<string, ArchiveRequest & { readonly endsAt: number }>();

  constructor(limits: Pick<Limits, 'maxWebArchives' | 'webArchiveMs'>) {
    this.#limits = limits;
  }

  add(request: ArchiveRequest): string {
    const { maxWebArchives, webArchiveMs } = this.#limits;
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= maxWebArchives) this.#waiting.delete(oldest);
    const id = randomBytes(16).toString('base64url');
    this.#waiting.set(id, { ...request, endsAt: performance.now() + webArchiveMs });
    return id;
  }

  /** What was asked for, once. @throws WebFailure */
  take(id: string): ArchiveRequest {
    const found = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!found || found.endsAt < performance.now()) {
      throw new WebFailure(404, 'not-found', 'This link was used already, or is too old: ask for the zip anew');
    }
    return found;
  }
}
