import { createHash } from 'node:crypto';
import { joinPath, type VirtualPath } from '../../core/index.ts';
import { dataFrames, encodeFrame, encodeListing, formatItemEnd, itemHead, type Reply } from '../../protocol/index.ts';
import { factsLine } from '../facts.ts';
import { replyFor } from '../failures.ts';
import { sendData } from '../transfer.ts';
import type { UserSession } from '../user-session.ts';
import { VERB } from './over-frames.ts';

/**
 * Lists a directory and all below it, one after the other: each has its own end, so that one that can't be listed is no
 * empty one. Links are shown and not followed. What is not listed, as it lies too deep, is left to the client.
 */
export async function listTree(user: UserSession, path: VirtualPath): Promise<Reply> {
  const description = { verb: VERB, direction: 'listing', path, offset: 0, text: 'Here it comes' } as const;
  return sendData(user, description, directories(user, path));
}

interface Level {
  readonly path: VirtualPath;
  readonly depth: number;
}

async function* directories(user: UserSession, top: VirtualPath): AsyncGenerator<Buffer> {
  const { maxListingDepth, maxBundleDirectories } = user.session.settings.limits;
  const pending: Level[] = [{ path: top, depth: 0 }];
  let count = 0;
  for (let level = pending.pop(); level; level = pending.pop()) {
    const { path, depth } = level;
    count += 1;
    yield* directory(user, path, (name) => {
      if (depth >= maxListingDepth || pending.length >= maxBundleDirectories) return;
      pending.push({ path: joinPath(path, name), depth: depth + 1 });
    });
  }
  yield encodeFrame('done', String(count));
}

async function* directory(
  user: UserSession,
  path: VirtualPath,
  onDirectory: (name: string) => void,
): AsyncGenerator<Buffer> {
  const { signal } = user.session;
  const hash = createHash('sha256');
  const lines = async function* (): AsyncGenerator<readonly string[]> {
    for await (const entries of user.files.list(path, { signal })) {
      yield entries.map((entry) => factsLine(user, entry, joinPath(path, entry.name)));
      for (const { kind, name } of entries) if (kind === 'directory') onDirectory(name);
    }
  };
  yield encodeFrame('head', itemHead.format({ path }));
  let end: string;
  try {
    for await (const chunk of encodeListing(lines())) {
      hash.update(chunk);
      yield* dataFrames(chunk);
    }
    end = formatItemEnd({ sha256: hash.digest('hex') });
  } catch (error) {
    if (signal.aborted) throw error;
    end = formatItemEnd({ failure: replyFor(error) });
  }
  yield encodeFrame('end', end);
}
