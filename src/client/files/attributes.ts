import type { ByteRange, CallOptions, DigestAlgorithm, VirtualPath } from '../../core/index.ts';
import { ask } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';

/** Bytes of a file. */
export function size(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<number> {
  return ask(pool, signal, (session) => session.size(path, signal));
}

/** When a file was changed last. */
export function modified(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<Date> {
  return ask(pool, signal, (session) => session.modified(path, signal));
}

/** A checksum of a file or a part of it, which the server computes. */
export function digest(
  pool: Pool,
  path: VirtualPath,
  algorithm: DigestAlgorithm,
  options: CallOptions & ByteRange,
): Promise<Uint8Array> {
  return ask(pool, options.signal, (session) => session.digest(path, algorithm, options));
}
