import { PassThrough, type Readable, Writable } from 'node:stream';
import {
  baseName,
  type CallOptions,
  type Entry,
  endingOnce,
  type ListOptions,
  type ReadableFile,
  ROOT,
  type Storage,
  StorageError,
  type StoredEntry,
  type Upload,
  type VirtualPath,
} from '../../core/index.ts';

/** The server's files as a call has them, which has a bound of time. */
export interface Inside {
  readonly files: Storage;
  /** A path of the storage, as the server has it. */
  readonly at: (path: VirtualPath) => VirtualPath;
  readonly options: { readonly signal: AbortSignal };
}

/** How calls reach the server. */
export interface ServerCalls {
  readonly call: <T>(options: CallOptions | undefined, work: (inside: Inside) => Promise<T>) => Promise<T>;
  /** One that keeps a connection beyond the call, until `end`. */
  readonly transfer: <T>(
    options: CallOptions | undefined,
    work: (inside: Inside, end: () => void) => Promise<T>,
  ) => Promise<T>;
  /** What may be told of a failure behind the call. */
  readonly failure: (error: unknown) => StorageError;
}

/** A storage whose every call goes by `calls`. @param known the server's files, where it was reached, which tell what it can */
export function serverStorage(calls: ServerCalls, known: Partial<Storage> = {}): Storage {
  const { call, transfer } = calls;
  const { settable, digest, space, openRead, partial } = known;
  return {
    links: 'uncontrolled',
    stat: (path, how) =>
      call(how, async ({ files, at, options }) => ({
        ...(await files.stat(at(path), { ...how, ...options })),
        name: baseName(path),
      })),
    list: (path, how) => listed(calls, path, how),
    read: (path, how) =>
      transfer(how, async ({ files, at, options }, end) =>
        readThrough(await files.read(at(path), { ...how, ...options }), calls, end),
      ),
    write: (path, how) =>
      transfer(how, async ({ files, at, options }, end) =>
        endingOf(await files.write(at(path), { ...how, ...options }), calls, end),
      ),
    rename: (from, to, how) =>
      call(how, ({ files, at, options }) => files.rename(at(from), at(to), { ...how, ...options })),
    remove: (path, how) => call(how, ({ files, at, options }) => files.remove(at(path), { ...how, ...options })),
    makeDirectory: (path, how) => call(how, ({ files, at, options }) => files.makeDirectory(at(path), options)),
    removeDirectory: (path, how) =>
      call(how, async ({ files, at, options }) => {
        if (path === ROOT) throw new StorageError('denied', 'The root stays');
        await files.removeDirectory(at(path), options);
      }),
    ...(openRead && {
      openRead: (path, how) =>
        transfer(how, async ({ files, at, options }, end) =>
          closingOf(await has(files, 'openRead')(at(path), options), calls, end),
        ),
    }),
    ...(partial && {
      partial: (path, how) => call(how, ({ files, at, options }) => has(files, 'partial')(at(path), options)),
    }),
    ...(settable && {
      settable,
      setAttributes: (path, attributes, how) =>
        call(how, ({ files, at, options }) => has(files, 'setAttributes')(at(path), attributes, options)),
    }),
    ...(digest && {
      digest: (path, algorithm, how) =>
        call(how, ({ files, at, options }) => has(files, 'digest')(at(path), algorithm, { ...how, ...options })),
    }),
    ...(space && {
      space: (path, how) => call(how, ({ files, at, options }) => has(files, 'space')(at(path), options)),
    }),
  };
}

function has<Name extends 'openRead' | 'partial' | 'setAttributes' | 'digest' | 'space'>(
  files: Storage,
  name: Name,
): NonNullable<Storage[Name]> {
  const method = files[name];
  if (method === undefined) throw new StorageError('unsupported', 'The server that holds these files can not do that');
  return method;
}

/** The first entries come within the bound of a call; the others as fast as they are taken. */
async function* listed(
  { call, failure }: ServerCalls,
  path: VirtualPath,
  how: ListOptions | undefined,
): AsyncGenerator<readonly Entry[]> {
  const { entries, first } = await call(how, async ({ files, at, options }) => {
    const entries = files.list(at(path), { ...how, ...options })[Symbol.asyncIterator]();
    return { entries, first: await entries.next() };
  });
  let isDone = first.done === true;
  try {
    for (let next = first; !next.done; next = await entries.next()) yield next.value;
    isDone = true;
  } catch (error) {
    isDone = true;
    throw failure(error);
  } finally {
    if (!isDone) await entries.return?.();
  }
}

/** The same bytes, whose failure is told in our own words. It ends when either of the two does. */
function readThrough(source: Readable, { failure }: ServerCalls, end: () => void): Readable {
  const reader = new PassThrough();
  // That may be before anyone listens, who then hears of it by reading.
  reader.on('error', () => undefined);
  reader.once('close', () => source.destroy());
  source.once('close', end);
  source.on('error', (error) => reader.destroy(failure(error)));
  return source.pipe(reader);
}

function endingOf(upload: Upload, { failure }: ServerCalls, end: () => void): Upload {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw failure(error);
    }
  };
  return endingOnce(new ForwardingSink(upload.sink, failure), {
    replaces: () => told(upload.replaces()),
    commit: () => told(committed(upload)).finally(end),
    suspend: () => told(upload.suspend()).finally(end),
    discard: () => told(upload.discard()).finally(end),
  });
}

/** A client tells nothing of what it replaced, for that costs a question. What has a home here has to know. */
async function committed(upload: Upload): Promise<StoredEntry> {
  const replaced = await upload.replaces().catch(unlessRefused);
  return { ...(await upload.commit()), ...(replaced && { replaced }) };
}

/** A drop box shows nothing, and takes files all the same. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof StorageError && (error.code === 'denied' || error.code === 'unsupported')) return undefined;
  throw error;
}

/** What is written goes on to another sink, whose failure is told in our own words. */
class ForwardingSink extends Writable {
  readonly #sink: Writable;
  readonly #failure: ServerCalls['failure'];

  constructor(sink: Writable, failure: ServerCalls['failure']) {
    super();
    this.#sink = sink;
    this.#failure = failure;
    sink.on('error', (error) => this.destroy(failure(error)));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#sink.write(chunk, (error) => done(error ? this.#failure(error) : null));
  }
}

function closingOf(file: ReadableFile, { failure }: ServerCalls, end: () => void): ReadableFile {
  return {
    stat: () => file.stat(),
    async read(into, position) {
      try {
        return await file.read(into, position);
      } catch (error) {
        throw failure(error);
      }
    },
    async close() {
      try {
        await file.close();
      } finally {
        end();
      }
    },
  };
}
