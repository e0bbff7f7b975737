import {
  type Account,
  type Direction,
  type Entry,
  type Files,
  OpenTransfer,
  type OpenTransferParts,
  type Policy,
  ROOT,
  resolvePath,
  type VirtualPath,
} from '../core/index.ts';
import type { Handles } from './handles/handles.ts';
import type { SftpSettings } from './options.ts';

/** What the requests of one channel work with. It exists only once somebody has signed in. */
export interface SignedInUser {
  readonly account: Account;
  readonly files: Files;
  readonly policy: Policy;
  readonly settings: SftpSettings;
  readonly handles: Handles;
  readonly publish: OpenTransferParts['publish'];
  /** Aborts when the channel is closed or the session ends. */
  readonly signal: AbortSignal;
}

/** The path that a client means: each is a whole one, or begins at the root. @throws StorageError `invalid-name` */
export function pathOf(given: string): VirtualPath {
  return resolvePath(ROOT, given);
}

/** The path that a client means; undefined where it is none. */
export function pathIn(given: string | undefined): VirtualPath | undefined {
  try {
    return given === undefined ? undefined : pathOf(given);
  } catch {
    return undefined;
  }
}

export function beginTransfer(
  { policy, publish, signal }: SignedInUser,
  direction: Exclude<Direction, 'listing'>,
  path: VirtualPath,
  entry?: Entry,
): OpenTransfer {
  const limiter = policy[direction];
  return new OpenTransfer({
    verb: direction === 'upload' ? 'WRITE' : 'READ',
    direction,
    path,
    limiter,
    publish,
    signal,
    ...(entry && { totalBytes: entry.size, entry }),
  });
}
