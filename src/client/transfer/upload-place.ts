import type { CallOptions, VirtualPath } from '../../core/index.ts';
import { ask } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';

/** Where a file goes that is moved to its name when it is whole. */
interface PlaceOfFile {
  readonly path: VirtualPath;
  /** Those of the file that it replaces, which it keeps. */
  readonly permissions?: number | undefined;
}

/** A directory has the name of an upload. */
export class UploadToDirectory extends ClientError {
  constructor(message: string) {
    super('refused', message, { phase: 'prepare' });
  }
}

/** @throws UploadToDirectory, ClientError */
export async function uploadPlace(pool: Pool, path: VirtualPath, { signal }: CallOptions): Promise<PlaceOfFile> {
  const place = await ask(pool, signal, async (session) => session.uploadPlace?.(path, signal));
  if (!place) return { path };
  const { kind, mode } = place.entry ?? {};
  if (kind === 'directory') throw new UploadToDirectory(`${path} is a directory`);
  return { path: place.path, permissions: mode === undefined ? undefined : mode & 0o777 };
}
