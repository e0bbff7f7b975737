import { createHash } from 'node:crypto';
import type { VirtualPath } from '../../core/index.ts';
import { type Reply, reply } from '../../protocol/index.ts';
import { makeDirectory } from '../make-directory.ts';
import { abandonment } from '../transfer.ts';
import type { UserSession } from '../user-session.ts';
import type { Content } from './store-file.ts';

const SHA256_OF_NOTHING = createHash('sha256').digest('hex');

/** Makes one directory of a bundle, as MKD does, once its end has come. @throws StorageError */
export async function storeDirectory(user: UserSession, path: VirtualPath, content: Content): Promise<Reply> {
  const end = await content.next().catch(() => undefined);
  if (end === undefined) return reply(426, 'The bundle was cut within this directory: not made');
  if (end instanceof Uint8Array) return reply(501, 'A directory has no content');
  if ('failure' in end) return reply(426, 'The sender gave it up: not made');
  if (end.sha256 !== SHA256_OF_NOTHING) return reply(426, 'Its SHA-256 is another one: not made');
  const abandoned = await abandonment(user, true);
  return abandoned === undefined ? makeDirectory(user, path) : reply(426, `${abandoned}: not made`);
}
