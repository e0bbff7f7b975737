import type { Readable } from 'node:stream';
import { type CallOptions, type DigestAlgorithm, namesEntry, type VirtualPath } from '../core/index.ts';
import type { Reply } from '../protocol/index.ts';
import { closeBundles } from './bundle/bundles.ts';
import type { Pool } from './connection/pool.ts';
import { remotePath } from './connection/remote-path.ts';
import { withRetries } from './connection/retry.ts';
import { homeOf, type ServerFacts, serverFacts } from './connection/server-facts.ts';
import type { Abilities, SessionFacts } from './connection/session.ts';
import { ClientError } from './errors.ts';
import { digest, modified, size } from './files/attributes.ts';
import { makeDirectory, remove, removeDirectory, rename } from './files/changes.ts';
import { setMode } from './files/set-mode.ts';
import { setModified } from './files/set-modified.ts';
import type { RemoteListOptions } from './listing/directory-entries.ts';
import type { RemoteEntry } from './listing/entry.ts';
import { list } from './listing/listing.ts';
import { exists, stat } from './listing/stat.ts';
import { type WalkOptions, walk } from './listing/walk.ts';
import type { ConnectOptions, ReadRange } from './options.ts';
import { poolFor } from './pool-for.ts';
import { settingsOf } from './settings.ts';
import { download, read, readBuffer } from './transfer/download.ts';
import type { DownloadOptions, Sink, Source, TransferResult, UploadOptions } from './transfer/transfer-options.ts';
import { append, upload } from './transfer/upload.ts';

/**
 * Connects and signs in.
 * @param target a URL (`ftpes://user@host/directory`: explicit TLS; `ftps://`: implicit TLS; `sftp://`: SFTP, with the package
 * `ssh2`; `ftp://`: in clear, only together with `allowClear`), or options
 * @param more options beside a URL; they win over what it says
 * @throws ClientError
 */
export async function connect(target: string | ConnectOptions, more: Partial<ConnectOptions> = {}): Promise<Client> {
  const pool = poolFor(settingsOf(target, more));
  try {
    const signal = more.signal ?? (typeof target === 'string' ? undefined : target.signal);
    return await withRetries(pool.settings, signal, () =>
      pool.use(signal, async ({ facts }) => new Client(pool, facts)),
    );
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** @internal The connections of a client, for what is built upon it in this room. */
export let poolOf: (client: Client) => Pool;
/** @internal What its first session could. */
export let abilitiesOf: (client: Client) => Abilities;

/**
 * A signed-in client. Calls may be made at any time and in any number: beyond the number of connections they wait their
 * turn. Paths are absolute, or relative to `home`; no call changes what another one means. A connection that breaks is
 * replaced; calls that can be done again are, as the retry policy has it. Every failure is a ClientError, and no failure
 * of a call ends the client.
 */
export class Client implements AsyncDisposable {
  static {
    poolOf = (client) => client.#pool;
    abilitiesOf = (client) => client.#abilities;
  }

  /** Where relative paths start from: the directory of the login, and in it that of the URL. */
  readonly home: VirtualPath;
  readonly server: ServerFacts;
  readonly #pool: Pool;
  readonly #abilities: Abilities;

  /** @internal By `connect`. */
  constructor(pool: Pool, facts: SessionFacts) {
    this.#pool = pool;
    this.#abilities = facts.abilities;
    this.home = homeOf(facts, pool.settings);
    this.server = serverFacts(facts, pool.settings);
  }

  /**
   * The entries of a directory, as they come, in the server's order. Names are single names whatever it says.
   * @throws IncompleteListing behind the entries, where there may be more than those
   */
  list(path = '.', options: RemoteListOptions = {}): AsyncIterable<RemoteEntry> {
    return list(this.#pool, this.resolve(path), options);
  }

  /** All that lies below a directory, a directory before what is in it. Links are shown and not followed. */
  walk(path = '.', options: WalkOptions = {}): AsyncIterable<RemoteEntry> {
    return walk(this.#pool, this.resolve(path), options);
  }

  /** One entry. @throws ClientError `not-found` */
  stat(path: string, options: CallOptions = {}): Promise<RemoteEntry> {
    return stat(this.#pool, this.resolve(path), options);
  }

  /** What stands there, or false for nothing. */
  exists(path: string, options: CallOptions = {}): Promise<RemoteEntry['kind'] | false> {
    return exists(this.#pool, this.resolve(path), options);
  }

  /** Bytes of a file (SIZE). */
  size(path: string, options: CallOptions = {}): Promise<number> {
    return size(this.#pool, this.resolve(path), options);
  }

  /** When a file was changed last (MDTM). */
  modified(path: string, options: CallOptions = {}): Promise<Date> {
    return modified(this.#pool, this.resolve(path), options);
  }

  /**
   * A checksum that the server computes (HASH, XSHA256 and their like).
   * @throws ClientError `unsupported` where it can't
   */
  digest(path: string, algorithm: DigestAlgorithm = 'SHA-256', range: ReadRange = {}): Promise<Uint8Array> {
    return digest(this.#pool, this.resolve(path), algorithm, range);
  }

  /**
   * Fetches a file into a local file, which appears under its name when it is whole, or into a stream. A stream of data
   * that was cut is an error whatever the server says of it.
   */
  download(path: string, sink: Sink, options: DownloadOptions = {}): Promise<TransferResult> {
    return download(this.#pool, this.resolve(path), sink, options);
  }

  /** A file as a stream, which fails where the file can't be had whole. Destroy it to break off. */
  read(path: string, range: ReadRange = {}): Promise<Readable> {
    return read(this.#pool, this.resolve(path), range);
  }

  /** A file in memory. @throws ClientError `limit` beyond `maxBufferBytes` */
  readBuffer(path: string, range: ReadRange = {}): Promise<Buffer> {
    return readBuffer(this.#pool, this.resolve(path), range);
  }

  /** Stores a file, in place of what has its name. Done means that the server has all of it, by its size. */
  upload(source: Source, path: string, options: UploadOptions = {}): Promise<TransferResult> {
    const temporaryName = this.#abilities.isSeenEarly && !options.resume;
    return upload(this.#pool, source, this.resolve(path), { temporaryName, ...options });
  }

  /** Adds to the end of a file, or makes it (APPE). Never done twice: a broken one is not tried again. */
  append(source: Source, path: string, options: UploadOptions = {}): Promise<TransferResult> {
    return append(this.#pool, source, this.resolve(path), options);
  }

  /** Removes a file or a link. */
  remove(path: string, options: CallOptions = {}): Promise<void> {
    return remove(this.#pool, this.#resolveEntry(path), options);
  }

  /** Removes an empty directory, or with `recursive` one with all that is in it; links are removed, not followed. */
  removeDirectory(path: string, options: CallOptions & { readonly recursive?: boolean } = {}): Promise<void> {
    return removeDirectory(this.#pool, this.#resolveEntry(path), options);
  }

  /** Makes a directory; with `recursive` also those above it, and it may be there already. */
  makeDirectory(path: string, options: CallOptions & { readonly recursive?: boolean } = {}): Promise<void> {
    return makeDirectory(this.#pool, this.resolve(path), options);
  }

  /** Moves an entry. What happens to one that has the new name is the server's affair. */
  async rename(from: string, to: string, { signal }: CallOptions = {}): Promise<void> {
    await rename(this.#pool, this.#resolveEntry(from), this.resolve(to), { signal });
  }

  /** Sets the time of a file's last change (MFMT, or what the server has in its place). */
  setModified(path: string, time: Date, options: CallOptions = {}): Promise<void> {
    return setModified(this.#pool, this.resolve(path), time, options);
  }

  /** Sets permission bits (MFF, SITE CHMOD). */
  setMode(path: string, mode: number, options: CallOptions = {}): Promise<void> {
    return setMode(this.#pool, this.resolve(path), mode, options);
  }

  /**
   * Sets another password for the own account (SITE PSWD), also where the server lets nothing else be done before. The client
   * is closed then: connect again with the new one.
   * @throws ClientError `clear-text-refused` without TLS; `refused` with the reason of the server
   */
  async changePassword(password: string, options: CallOptions = {}): Promise<void> {
    await this.#pool.use(options.signal, async (session) => {
      if (!session.changePassword)
        throw notOverThis(
          'no request that changes a password',
          'connect by ftpes:// for that, or have one set for you',
        );
      await session.changePassword(password, options);
    });
    await this.close();
  }

  /** Any command that needs no data connection, such as `SITE` with its words. @throws ClientError for 4yz and 5yz */
  send(verb: string, argument = '', options: CallOptions = {}): Promise<Reply> {
    if (RESERVED_VERBS.has(verb.toUpperCase())) {
      const message = `${verb.toUpperCase()} would change what other calls mean: there is a method or an option for it`;
      throw new ClientError('invalid-argument', message, { phase: 'prepare' });
    }
    return this.#pool.use(options.signal, async (session) => {
      if (!session.command) throw notOverThis(`no ${verb}, a command of FTP`, 'connect by ftpes:// for that');
      return session.command(verb, argument, options);
    });
  }

  /** The absolute path that a call with this path acts on. */
  resolve(path: string): VirtualPath {
    return remotePath(this.home, path);
  }

  /** The same for a call that takes something away: an empty path, `/` or `..` must not stand for all there is. */
  #resolveEntry(path: string): VirtualPath {
    if (namesEntry(path)) return this.resolve(path);
    throw new ClientError('invalid-argument', `${JSON.stringify(path)} names no entry`, { phase: 'prepare' });
  }

  /** Says goodbye and closes all connections. Calls under way fail with `closed`. */
  async close(): Promise<void> {
    await closeBundles(this.#pool);
    await this.#pool.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function notOverThis(what: string, wayOut: string): ClientError {
  return new ClientError('unsupported', `SFTP has ${what}: ${wayOut}`, { phase: 'prepare' });
}

/** Commands that change the state of a connection which calls share, or that need a data connection. */
const RESERVED_VERBS = new Set(
  'USER PASS ACCT REIN QUIT AUTH PBSZ PROT CCC CWD CDUP XCWD XCUP TYPE MODE STRU REST RANG PORT EPRT PASV EPSV SPSV CPSV RETR STOR STOU APPE BNDL LIST NLST MLSD ABOR RNFR RNTO'.split(
    ' ',
  ),
);
