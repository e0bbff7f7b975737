import type { Buffer } from 'node:buffer';
import type { SftpRequest, SftpRequestKind } from '../../protocol/index.ts';
import type { SignedInUser } from '../signed-in-user.ts';

export type SftpRequestOf<Kind extends SftpRequestKind> = Extract<SftpRequest, { readonly kind: Kind }>;

/** What one kind of request does. */
export interface RequestDefinition<Kind extends SftpRequestKind> {
  /**
   * `shared`: runs beside others of this kind, because it changes nothing, or its open file puts calls in order by itself.
   * `alone`: begins when all before it have ended, and all behind it wait: clients send several without waiting for answers.
   */
  readonly order: 'shared' | 'alone';
  /** The path that it names, for the log. */
  readonly path?: (request: SftpRequestOf<Kind>) => string;
  /**
   * Paths to which no upload of the same channel should be under way: where one is, the request waits a moment for its end.
   * sshfs sends the CLOSE of a file once its program has gone on already, at times behind what that program asks for next.
   */
  readonly awaitsUploads?: (request: SftpRequestOf<Kind>) => readonly string[];
  /** Gives the reply. What it throws becomes a status. */
  readonly run: (user: SignedInUser, request: SftpRequestOf<Kind>) => Promise<Buffer>;
}

export type RequestTable = { readonly [Kind in SftpRequestKind]: RequestDefinition<Kind> };
