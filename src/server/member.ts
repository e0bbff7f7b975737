import {
  type DigestAlgorithm,
  ROOT,
  resolvePath,
  type Storage,
  type VirtualPath,
  type Workspace,
} from '../core/index.ts';
import { FACTS, type FactName, SyntaxFailure, type TransferMode, type TransferType } from '../protocol/index.ts';
import type { DataEndpoint } from '../transport/index.ts';
import type { Pending } from './command.ts';
import type { Session } from './session.ts';

/** Somebody who has signed in: the workspace, and what RFC 959 calls the transfer parameters. */
export class Member implements AsyncDisposable {
  readonly kind = 'member';
  readonly session: Session;
  readonly workspace: Workspace;

  cwd: VirtualPath = ROOT;
  /** RFC 959 section 3.1.1.1: ASCII until told otherwise. */
  type: TransferType = 'ascii';
  mode: TransferMode = 'stream';
  /** The facts that MLSD and MLST show (OPTS MLST). */
  facts: readonly FactName[] = FACTS;
  hashAlgorithm: DigestAlgorithm = 'SHA-256';
  /** RFC 2428 section 4: after EPSV ALL every other way to set up a data connection is refused. */
  extendedOnly = false;

  renameFrom: VirtualPath | undefined;
  restart: number | undefined;
  range: { readonly start: number; readonly end: number } | undefined;
  #endpoint: DataEndpoint | undefined;

  constructor(session: Session, workspace: Workspace) {
    this.session = session;
    this.workspace = workspace;
  }

  get storage(): Storage {
    return this.workspace.storage;
  }

  /**
   * Where the next transfer begins: what REST said, in bytes; 0 without it.
   * @throws SyntaxFailure 504 in TYPE A, where positions in the file and on the wire differ.
   */
  get offset(): number {
    if (this.restart && this.type === 'ascii') throw new SyntaxFailure(504, 'REST works in TYPE I only');
    return this.restart ?? 0;
  }

  resolve(path: string): VirtualPath {
    return resolvePath(this.cwd, path);
  }

  /** Forgets what was begun, but for what `keep` names. */
  forget(keep: readonly Pending[]): void {
    if (!keep.includes('rename')) this.renameFrom = undefined;
    if (!keep.includes('restart')) this.restart = undefined;
    if (!keep.includes('range')) this.range = undefined;
  }

  /** Makes `endpoint` the one for the next transfer; an earlier one is closed (RFC 1123 section 4.1.2.6: one transfer each). */
  async prepareData(endpoint: DataEndpoint | undefined): Promise<void> {
    const previous = this.#endpoint;
    this.#endpoint = endpoint;
    await previous?.[Symbol.asyncDispose]();
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
