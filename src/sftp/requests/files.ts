import type { Buffer } from 'node:buffer';
import { type Files, StorageError, type VirtualPath } from '../../core/index.ts';
import { DATA_HEAD_BYTES, dataReply, readOpenFlags, roomForData, sftpReply } from '../../protocol/index.ts';
import { attributesOf, changesIn } from '../attributes.ts';
import { SftpFailure } from '../failures.ts';
import { appendingHandle } from '../handles/appending.ts';
import { changingHandle } from '../handles/changing.ts';
import type { FileHandle } from '../handles/handle.ts';
import { readingHandle } from '../handles/reading.ts';
import { isPublished } from '../is-published.ts';
import { beginTransfer, pathOf, type SignedInUser } from '../signed-in-user.ts';
import { done, MAX_DATA_BYTES } from './answers.ts';
import type { RequestTable, SftpRequestOf } from './request.ts';

/** Requests that open files and work on open ones. */
export const FILE_REQUESTS: Pick<
  RequestTable,
  'open' | 'close' | 'read' | 'write' | 'fstat' | 'fsetstat' | 'fsync@openssh.com'
> = {
  open: {
    order: 'alone',
    path: ({ path }) => path,
    awaitsUploads: ({ path }) => [path],
    async run(user, request) {
      return sftpReply.handle(request.id, await user.handles.add(() => open(user, request)));
    },
  },
  close: {
    order: 'alone',
    async run({ handles }, { id, handle }) {
      await handles.close(handle);
      return done(id);
    },
  },
  read: {
    order: 'shared',
    async run({ handles }, { id, handle, offset, length }) {
      const file = handles.file(handle);
      const room = roomForData(file.readable(offset, Math.min(length, MAX_DATA_BYTES)));
      const bytes = await file.read(room.subarray(DATA_HEAD_BYTES), offset);
      if (bytes === 0 && length > 0) return sftpReply.status(id, 'end-of-file', 'End of file');
      return dataReply(id, room, bytes);
    },
  },
  write: {
    order: 'shared',
    async run({ handles }, { id, handle, offset, data }) {
      await handles.file(handle).write(data, offset);
      return done(id);
    },
  },
  fstat: {
    order: 'shared',
    async run({ handles }, { id, handle }) {
      return sftpReply.attributes(id, attributesOf(await handles.file(handle).stat()));
    },
  },
  fsetstat: {
    order: 'alone',
    async run({ handles }, { id, handle, attributes }) {
      const file = handles.file(handle);
      const changes = changesIn(attributes);
      if (attributes.size !== undefined) await file.truncate(attributes.size);
      if (changes) await file.setAttributes(changes);
      return done(id);
    },
  },
  'fsync@openssh.com': {
    order: 'shared',
    async run({ handles }, { id, handle }): Promise<Buffer> {
      await handles.file(handle).flush();
      return done(id);
    },
  },
};

async function open(user: SignedInUser, { path: given, flags }: SftpRequestOf<'open'>): Promise<FileHandle> {
  const { files, signal } = user;
  const path = pathOf(given);
  const { read, write, append, create, truncate, exclusive } = readOpenFlags(flags);
  if (!write && !append) {
    if (!read) throw new SftpFailure('bad-message', 'A file is opened for reading, for writing, or for both');
    if (create && (exclusive || !(await isPublished(files, path, signal)))) await makeEmpty(files, path, signal);
    const file = await files.openRead(path, { signal });
    const entry = await file.stat();
    return readingHandle(files, path, file, beginTransfer(user, 'download', path, entry), signal, entry.size);
  }
  if (user.handles.uploadTo(path)) throw new StorageError('busy', 'The file is being written already');
  // What an interrupted upload has left is there, as far as its client was told: psftp and FileZilla go on with it like that.
  const existing = !create && !(await files.partial(path, { signal }));
  const target = { signal, existing, exclusive: create && exclusive };
  // A file that is to be empty first can as well be written from its beginning.
  if (append && !truncate) {
    const upload = await files.write(path, { ...target, at: 'end' });
    return appendingHandle(files, path, upload, beginTransfer(user, 'upload', path), signal);
  }
  const file = await files.openWrite(path, { ...target, truncate });
  const transfer = beginTransfer(user, 'upload', path);
  return changingHandle({ files, path, file, transfer, isNew: truncate });
}

/** A file that is opened to be read may be made by that, as one that stands for a lock is (`O_RDONLY | O_CREAT` of POSIX). */
async function makeEmpty(files: Files, path: VirtualPath, signal: AbortSignal): Promise<void> {
  const file = await files.openWrite(path, { exclusive: true, truncate: true, signal });
  try {
    await file.commit();
  } finally {
    // Has no effect on what was committed.
    await file.discard();
  }
}
