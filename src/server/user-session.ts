import {
  type Entry,
  type Files,
  ROOT,
  resolvePath,
  StorageError,
  type VirtualPath,
  type Workspace,
} from '../core/index.ts';
import { SyntaxFailure } from '../protocol/index.ts';
import type { DataEndpoint } from '../transport/index.ts';
import type { Pending } from './command-facts.ts';
import type { Admitted, Session } from './session.ts';
import type { TransferParameters } from './transfer-parameters.ts';

/** The part of a session that exists only while a user is signed in; undefined before the login. */
export function userSessionOf({ login }: Session): UserSession | undefined {
  return login instanceof UserSession ? login : undefined;
}

/** What a session has only after the login: the user's workspace, the working directory, and what the next transfer needs. */
export class UserSession implements Admitted {
  readonly kind = 'signed-in';
  readonly session: Session;
  readonly workspace: Workspace;

  cwd: VirtualPath = ROOT;
  /** The path that the running command has named last, for the log. */
  named: VirtualPath | undefined;
  renameFrom: VirtualPath | undefined;
  restart: number | undefined;
  range: { readonly start: number; readonly end: number } | undefined;
  #endpoint: DataEndpoint | undefined;

  constructor(session: Session, workspace: Workspace) {
    this.session = session;
    this.workspace = workspace;
  }

  get files(): Files {
    return this.workspace.files;
  }

  get parameters(): TransferParameters {
    return this.session.parameters;
  }

  /**
   * Where the next transfer begins: what REST said, in bytes; 0 without it.
   * @throws SyntaxFailure 504 in TYPE A, where positions in the file and on the wire differ.
   */
  get offset(): number {
    if (this.restart && this.parameters.type === 'ascii') throw new SyntaxFailure(504, 'REST works in TYPE I only');
    return this.restart ?? 0;
  }

  resolve(path: string): VirtualPath {
    this.named = resolvePath(this.cwd, path);
    return this.named;
  }

  /** The path of a file. @throws StorageError `not-directory` where it is written as a directory. */
  resolveFile(path: string): VirtualPath {
    if (meansDirectory(path)) throw new StorageError('not-directory', 'The name of a file has no slash behind it');
    return this.resolve(path);
  }

  /**
   * The path of an entry of any kind, which stands at `current`; only a rename names another path for it.
   * @throws StorageError `not-directory` where the path is written as a directory and the entry is none.
   */
  async resolveEntry(path: string, current?: VirtualPath): Promise<VirtualPath> {
    const resolved = this.resolve(path);
    if (meansDirectory(path)) requireDirectory(await this.files.stat(current ?? resolved, this.session));
    return resolved;
  }

  /** What stands at a path. @throws StorageError `not-directory` where it is written as a directory and is none. */
  async stat(path: string): Promise<Entry> {
    const entry = await this.files.stat(this.resolve(path), this.session);
    if (meansDirectory(path)) requireDirectory(entry);
    return entry;
  }

  /** Forgets what was begun, but for what `keep` names. */
  forget(keep: readonly Pending[]): void {
    if (!keep.includes('rename')) this.renameFrom = undefined;
    if (!keep.includes('restart')) this.restart = undefined;
    if (!keep.includes('range')) this.range = undefined;
  }

  /**
   * Makes `endpoint` the one for the next transfer; an earlier one is closed (RFC 1123 section 4.1.2.6: one transfer each).
   * Undefined where nothing has to be waited for, as for nearly all.
   */
  prepareData(endpoint: DataEndpoint | undefined): PromiseLike<void> | undefined {
    const previous = this.#endpoint;
    this.#endpoint = endpoint;
    return previous?.[Symbol.asyncDispose]();
  }

  /** Hands over the endpoint to the transfer that uses it up. */
  takeEndpoint(): DataEndpoint | undefined {
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    return endpoint;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.prepareData(undefined);
    await this.workspace[Symbol.asyncDispose]();
  }
}

/** A path that ends in a slash, `.` or `..` means a directory (POSIX, section 4.16, Pathname Resolution). */
function meansDirectory(path: string): boolean {
  return /(?:^|\/)\.{0,2}$/.test(path);
}

function requireDirectory({ kind }: Entry): void {
  if (kind !== 'directory') throw new StorageError('not-directory', 'Not a directory');
}
