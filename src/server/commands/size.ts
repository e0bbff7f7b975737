import { type Entry, StorageError, type VirtualPath } from '../../core/index.ts';
import { reply } from '../../protocol/index.ts';
import { onFile } from '../command.ts';
import type { UserSession } from '../user-session.ts';

/**
 * Of an interrupted upload it tells how much was kept, so that a client can go on from there (REST, APPE); such a file is
 * in no listing and can't be fetched. In TYPE A the size on the wire would cost a pass over the file (RFC 3659 section 4.1).
 */
export const size = onFile({
  verb: 'SIZE',
  rfc: 'RFC 3659 section 4',
  usage: 'SIZE <path>',
  summary: 'Show the size of a file in bytes',
  features: () => ['SIZE'],
  async run(user, path) {
    if (user.parameters.type === 'ascii') return reply(550, 'SIZE works in TYPE I only');
    const entry = await fileOrPartial(user, path);
    if (entry.kind !== 'file') throw new StorageError('is-directory', 'Not a file');
    return reply(213, String(entry.size));
  },
});

async function fileOrPartial({ files, session }: UserSession, path: VirtualPath): Promise<Entry> {
  try {
    return await files.stat(path, session);
  } catch (error) {
    const isAbsent = error instanceof StorageError && error.code === 'not-found';
    const partial = isAbsent ? await files.partial(path, session) : undefined;
    if (partial) return partial;
    throw error;
  }
}
