import { StorageError, type VirtualPath } from '../core/index.ts';
import { quoted, type Reply, reply, replyWithPath } from '../protocol/index.ts';
import type { UserSession } from './user-session.ts';

/** Makes a directory, and gives what MKD replies (RFC 959 section 5.4). @throws StorageError */
export async function makeDirectory({ files }: UserSession, path: VirtualPath): Promise<Reply> {
  try {
    await files.makeDirectory(path);
  } catch (error) {
    // Camel, Spring and FileZilla tell by these words that they may go on.
    if (error instanceof StorageError && error.code === 'exists') return reply(550, `${quoted(path)}: File exists`);
    throw error;
  }
  return replyWithPath(257, `${quoted(path)} made`);
}
