import type { Client } from '../../client/index.ts';
import type { VirtualPath } from '../../core/index.ts';
import type { KnownName } from './completion.ts';

interface Listing {
  readonly names: readonly KnownName[];
  readonly untilMs: number;
}

/** The names on the server that a line may be completed with: each directory is listed once, and known for a moment. */
export class RemoteNames {
  readonly #client: Client;
  readonly #listings = new Map<VirtualPath, Listing>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** None where the directory can't be listed in the time that somebody waits for it. */
  async of(directory: VirtualPath): Promise<readonly KnownName[]> {
    const known = this.#listings.get(directory);
    if (known && performance.now() < known.untilMs) return known.names;
    const names = await this.#list(directory);
    this.#listings.set(directory, { names, untilMs: performance.now() + KNOWN_MS });
    return names;
  }

  /** What is on the server may have changed. */
  forget(): void {
    this.#listings.clear();
  }

  async #list(directory: VirtualPath): Promise<readonly KnownName[]> {
    const names: KnownName[] = [];
    try {
      for await (const { name, kind } of this.#client.list(directory, { signal: AbortSignal.timeout(PATIENCE_MS) })) {
        names.push({ name, kind: kind === 'other' ? 'file' : kind });
        if (names.length === MAX_NAMES) break;
      }
    } catch {
      // There is nobody to tell: who completes a name gets none.
    }
    return names;
  }
}

const KNOWN_MS = 10_000;
const PATIENCE_MS = 5000;
const MAX_NAMES = 10_000;
