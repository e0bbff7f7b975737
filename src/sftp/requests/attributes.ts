import { type Entry, StorageError, type VirtualPath } from '../../core/index.ts';
import { type SftpAttributes, sftpReply } from '../../protocol/index.ts';
import { asWritten, attributesOf, changesIn } from '../attributes.ts';
import { SftpFailure } from '../failures.ts';
import { pathOf, type SignedInUser } from '../signed-in-user.ts';
import { done } from './answers.ts';
import type { RequestTable } from './request.ts';

/** Requests about attributes by path. */
export const ATTRIBUTE_REQUESTS: Pick<RequestTable, 'stat' | 'lstat' | 'setstat' | 'lsetstat@openssh.com'> = {
  stat: {
    order: 'shared',
    path: ({ path }) => path,
    async run(user, { id, path }) {
      return sftpReply.attributes(id, attributesOf(await entryAt(user, pathOf(path), true)));
    },
  },
  lstat: {
    order: 'shared',
    path: ({ path }) => path,
    async run(user, { id, path }) {
      return sftpReply.attributes(id, attributesOf(await entryAt(user, pathOf(path), false)));
    },
  },
  setstat: {
    order: 'alone',
    path: ({ path }) => path,
    async run(user, { id, path, attributes }) {
      await setAttributes(user, pathOf(path), attributes);
      return done(id);
    },
  },
  'lsetstat@openssh.com': {
    order: 'alone',
    path: ({ path }) => path,
    async run(user, { id, path, attributes }) {
      const at = pathOf(path);
      const { kind } = await user.files.stat(at, { followLinks: false, signal: user.signal });
      if (kind === 'link') throw new SftpFailure('unsupported', 'A link itself has no attributes that can be set');
      await setAttributes(user, at, attributes);
      return done(id);
    },
  },
};

/**
 * What stands at a path, for this client. What it is writing itself it sees as far as it is written: sshfs keeps what it is
 * told, and would cut the file for its programs to the length of what it replaces. Where nothing stands: how much of an
 * interrupted upload was kept, so that a client can go on from there (`reput`); that is in no listing, and can't be read.
 */
async function entryAt(user: SignedInUser, path: VirtualPath, followLinks: boolean): Promise<Entry> {
  const { files, handles, signal } = user;
  try {
    return await asWritten(handles, path, await files.stat(path, { followLinks, signal }));
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'not-found') throw error;
    const unpublished = (await handles.uploadTo(path)?.stat()) ?? (await files.partial(path, { signal }));
    if (unpublished) return unpublished;
    throw error;
  }
}

/** Of a file that this client is writing they are set once it is published. */
async function setAttributes(user: SignedInUser, path: VirtualPath, attributes: SftpAttributes): Promise<void> {
  const { files, handles, signal } = user;
  const upload = handles.uploadTo(path);
  const changes = changesIn(attributes);
  if (attributes.size !== undefined) {
    if (upload) await upload.truncate(attributes.size);
    else await truncate(user, path, attributes.size);
  }
  if (changes)
    await (upload ?? { setAttributes: (given) => files.setAttributes(path, given, { signal }) }).setAttributes(changes);
}

async function truncate({ files, signal }: SignedInUser, path: VirtualPath, size: number): Promise<void> {
  const file = await files.openWrite(path, { existing: true, signal });
  try {
    await file.truncate(size);
    await file.commit();
  } finally {
    // Has no effect on what was committed.
    await file.discard();
  }
}
