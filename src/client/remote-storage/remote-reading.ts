import { PassThrough, Readable } from 'node:stream';
import { interrupted, type ReadOptions, StorageError, type VirtualPath } from '../../core/index.ts';
import { canBundle, fetchTogether, isSmall } from '../bundle/bundles.ts';
import { ask } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { read } from '../transfer/download.ts';
import { partialEntry } from './remote-entries.ts';
import { explainedFailure, storageFailure } from './storage-failure.ts';

/** The bytes of a file. @throws StorageError, through the stream too */
export async function readFile(pool: Pool, path: VirtualPath, options: ReadOptions): Promise<Readable> {
  const { start = 0, end = Number.POSITIVE_INFINITY, signal } = options;
  try {
    const isWhole = start === 0 && options.end === undefined;
    if (isWhole && canBundle(pool, 'RETR') && isSmall(pool, options.expectedSize)) {
      const reader = await fetchTogether(pool, path, readerOf, signal);
      if (reader) return reader;
    }
    const isEmpty = end <= start;
    if (start !== 0 || isEmpty) await checkStart(pool, path, start, signal);
    return isEmpty ? Readable.from([]) : translated(await read(pool, path, options));
  } catch (error) {
    const failure = await explainedFailure(
      error,
      pool,
      path,
      { directory: 'is-directory', nothing: 'not-found' },
      signal,
    );
    const mayBePartial = failure.code === 'busy' || failure.code === 'not-found';
    if (mayBePartial && (await partialEntry(pool, path))) {
      throw interrupted({ cause: error });
    }
    throw failure;
  }
}

async function readerOf({ content }: { readonly content: Uint8Array }): Promise<Readable> {
  return Readable.from(content.length > 0 ? [content] : [], { objectMode: false });
}

/** Servers take any position for REST, and send nothing from behind the end. */
async function checkStart(
  pool: Pool,
  path: VirtualPath,
  start: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!(Number.isSafeInteger(start) && start >= 0)) throw behindTheEnd();
  const size = await ask(pool, signal, (session) => session.size(path, signal));
  if (start > size) throw behindTheEnd();
}

function behindTheEnd(): StorageError {
  return new StorageError('bad-offset', 'The position lies behind the end of the file');
}

/** The same bytes. It ends when either of the two does. */
function translated(source: Readable): Readable {
  const reader = new PassThrough();
  // That may be before anyone listens, who then hears of it by reading.
  reader.on('error', () => undefined);
  reader.once('close', () => source.destroy());
  source.on('error', (error) => reader.destroy(storageFailure(error)));
  return source.pipe(reader);
}
