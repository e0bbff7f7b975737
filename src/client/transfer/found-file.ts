import type { VirtualPath } from '../../core/index.ts';
import type { Lease, Pool } from '../connection/pool.ts';
import type { RemoteFile } from '../connection/remote-file.ts';
import { withRetries } from '../connection/retry.ts';
import type { Abilities, IsTimeWanted, RemoteSession } from '../connection/session.ts';

/** What is known of a file when its download begins. */
interface FoundFacts {
  readonly pool: Pool;
  readonly path: VirtualPath;
  readonly file: RemoteFile;
  readonly abilities: Abilities;
  readonly isTimeWanted: IsTimeWanted;
  readonly isAsked: boolean;
}

export interface FindOptions {
  readonly isTimeWanted: IsTimeWanted;
  /** Whether the file is asked for now. */
  readonly isAsked: boolean;
  readonly signal: AbortSignal | undefined;
}

const UNKNOWN: RemoteFile = { size: undefined, modified: undefined };

/**
 * A file as it was found on the server, and the one owner of the connection by which it was. That connection is kept for
 * the download: behind other calls that wait for one, what was prepared together with the question would be lost.
 * Disposing gives it back, where that was not done before.
 */
export class FoundFile implements Disposable {
  readonly pool: Pool;
  readonly path: VirtualPath;
  readonly file: RemoteFile;
  readonly abilities: Abilities;
  readonly isTimeWanted: IsTimeWanted;
  /** Whether the server was asked for `file`. */
  readonly isAsked: boolean;
  #connection: Lease | undefined;

  private constructor({ pool, path, file, abilities, isTimeWanted, isAsked }: FoundFacts, connection: Lease) {
    this.pool = pool;
    this.path = path;
    this.file = file;
    this.abilities = abilities;
    this.isTimeWanted = isTimeWanted;
    this.isAsked = isAsked;
    this.#connection = connection;
  }

  /**
   * Asks for what tells versions of the file apart, as often as the retry policy has it; or gets a connection and asks
   * nothing, for a download that needs to know nothing before it begins and asks together with the transfer.
   * @throws ClientError
   */
  static find(pool: Pool, path: VirtualPath, { isTimeWanted, isAsked, signal }: FindOptions): Promise<FoundFile> {
    return withRetries(pool.settings, signal, async () => {
      const connection = await pool.lease(signal);
      try {
        return await connection.do(async (session) => {
          const file = isAsked ? await session.lookUpForDownload(path, isTimeWanted, signal) : UNKNOWN;
          return new FoundFile(
            { pool, path, file, abilities: session.facts.abilities, isTimeWanted, isAsked },
            connection,
          );
        });
      } catch (error) {
        connection[Symbol.dispose]();
        throw error;
      }
    });
  }

  /** Does `work` on the kept connection, where there still is one, and on another one otherwise; then gives that back. */
  async use<T>(signal: AbortSignal | undefined, work: (session: RemoteSession) => Promise<T>): Promise<T> {
    const kept = this.#connection;
    this.#connection = undefined;
    using connection = kept ?? (await this.pool.lease(signal));
    return await connection.do(work);
  }

  /** For whoever has other things to do before the download. */
  release(): void {
    this.#connection?.[Symbol.dispose]();
    this.#connection = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
