import type { VirtualPath } from '../../core/index.ts';
import type { Lease, Pool } from '../connection/pool.ts';
import { withRetries } from '../connection/retry.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { lookUpForDownload, type RemoteFile } from './remote-file.ts';

/** What is known of a file when its download begins. */
interface FoundFacts {
  readonly pool: Pool;
  readonly path: VirtualPath;
  readonly file: RemoteFile;
  readonly features: SignedIn['features'];
}

/**
 * A file as it was found on the server, and the one owner of the connection by which it was. That connection is kept for
 * the download: behind other calls that wait for one, what was prepared together with the question would be lost.
 * Disposing gives it back, where that was not done before.
 */
export class FoundFile implements Disposable {
  readonly pool: Pool;
  readonly path: VirtualPath;
  readonly file: RemoteFile;
  readonly features: SignedIn['features'];
  #connection: Lease | undefined;

  private constructor({ pool, path, file, features }: FoundFacts, connection: Lease) {
    this.pool = pool;
    this.path = path;
    this.file = file;
    this.features = features;
    this.#connection = connection;
  }

  /**
   * Asks for what tells versions of the file apart, as often as the retry policy has it.
   * @param isTimeWanted whether the time is worth a question, for a file of this size
   * @throws ClientError
   */
  static find(
    pool: Pool,
    path: VirtualPath,
    isTimeWanted: (size: number | undefined) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<FoundFile> {
    return withRetries(pool.settings, signal, async () => {
      const connection = await pool.lease(signal);
      try {
        return await connection.do(async (signedIn) => {
          const file = await lookUpForDownload(signedIn, path, isTimeWanted, signal);
          return new FoundFile({ pool, path, file, features: signedIn.features }, connection);
        });
      } catch (error) {
        connection[Symbol.dispose]();
        throw error;
      }
    });
  }

  /** Does `work` on the kept connection, where there still is one, and on another one otherwise; then gives that back. */
  async use<T>(signal: AbortSignal | undefined, work: (signedIn: SignedIn) => Promise<T>): Promise<T> {
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
