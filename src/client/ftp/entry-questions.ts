import { baseName, type VirtualPath } from '../../core/index.ts';
import { parseFactsReply, type Reply } from '../../protocol/index.ts';
import type { Command } from '../connection/connection.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import type { RemoteEntry } from '../listing/entry.ts';
import { tellsFacts } from './fetch-listing.ts';
import { questionsAbout } from './look-up.ts';

/** What tells of a file that was just stored. */
export interface EntryQuestions {
  readonly commands: readonly Command[];
  /** Undefined where the answers do not tell. */
  readonly read: (replies: readonly Reply[]) => RemoteEntry | undefined;
}

/** For a connection in TYPE I, in which SIZE tells the file's own length. */
export function entryQuestions({ connection, features }: SignedIn, path: VirtualPath): EntryQuestions {
  const name = baseName(path);
  if (tellsFacts({ connection, features })) {
    return {
      commands: [['MLST', path]],
      read([reply]) {
        const facts = reply?.code === 250 ? parseFactsReply(reply) : undefined;
        return facts && { ...facts, name, path };
      },
    };
  }
  const { commands, read } = questionsAbout(features, path, true);
  return {
    commands,
    read(replies) {
      const { size, modified } = read(replies);
      if (size === undefined) return undefined;
      return { name, path, kind: 'file', size, ...(modified && { modified, modifiedPrecision: 'second' }) };
    },
  };
}
