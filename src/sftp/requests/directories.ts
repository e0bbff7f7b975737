import { joinPath } from '../../core/index.ts';
import { sftpReply } from '../../protocol/index.ts';
import { asWritten, namedEntry } from '../attributes.ts';
import { openDirectory } from '../handles/directory.ts';
import { pathOf } from '../signed-in-user.ts';
import { done } from './answers.ts';
import type { RequestTable } from './request.ts';

/** How many entries one reply has: with the longest names it still fits in what clients take (34,000 bytes). */
const MAX_ENTRIES = 50;

/** Requests that read, make and remove directories. */
export const DIRECTORY_REQUESTS: Pick<RequestTable, 'opendir' | 'readdir' | 'mkdir' | 'rmdir'> = {
  opendir: {
    order: 'shared',
    path: ({ path }) => path,
    async run({ files, handles, signal }, { id, path }) {
      return sftpReply.handle(id, await handles.add(() => openDirectory(files, pathOf(path), signal)));
    },
  },
  readdir: {
    // Replies of one directory keep their order, so that its end comes last.
    order: 'alone',
    async run({ handles }, { id, handle }) {
      const directory = handles.directory(handle);
      const entries = await directory.next(MAX_ENTRIES);
      if (!entries) return sftpReply.status(id, 'end-of-file', 'End of directory');
      const now = new Date();
      const seen = entries.map((entry) => asWritten(handles, joinPath(directory.path, entry.name), entry));
      return sftpReply.names(
        id,
        (await Promise.all(seen)).map((entry) => namedEntry(entry, now)),
      );
    },
  },
  mkdir: {
    order: 'alone',
    path: ({ path }) => path,
    async run({ files, signal }, { id, path }) {
      await files.makeDirectory(pathOf(path), { signal });
      return done(id);
    },
  },
  rmdir: {
    order: 'alone',
    path: ({ path }) => path,
    async run({ files, signal }, { id, path }) {
      await files.removeDirectory(pathOf(path), { signal });
      return done(id);
    },
  },
};
