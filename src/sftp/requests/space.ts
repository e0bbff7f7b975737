import type { Buffer } from 'node:buffer';
import { MAX_NAME_BYTES, type VirtualPath } from '../../core/index.ts';
import { ByteWriter, sftpReply } from '../../protocol/index.ts';
import { pathOf, type SignedInUser } from '../signed-in-user.ts';
import { MAX_DATA_BYTES } from './answers.ts';
import type { RequestTable } from './request.ts';

const BLOCK_BYTES = 4096;
/** ST_NOSUID: nothing here runs as its owner. */
const FLAGS = 2;

/** Requests about how much there is room for. */
export const SPACE_REQUESTS: Pick<RequestTable, 'statvfs@openssh.com' | 'fstatvfs@openssh.com' | 'limits@openssh.com'> =
  {
    'statvfs@openssh.com': {
      order: 'shared',
      path: ({ path }) => path,
      run: (user, { id, path }) => space(user, id, pathOf(path)),
    },
    'fstatvfs@openssh.com': {
      order: 'shared',
      run: (user, { id, handle }) => space(user, id, user.handles.file(handle).path),
    },
    'limits@openssh.com': {
      order: 'shared',
      async run({ settings: { limits } }, { id }) {
        const told = [limits.maxSftpPacketBytes, MAX_DATA_BYTES, MAX_DATA_BYTES, limits.maxSftpHandles];
        return sftpReply.extended(id, told.reduce((writer, value) => writer.uint64(value), new ByteWriter()).bytes());
      },
    },
  };

/** Files are not counted by storages: 0 stands for that. */
async function space({ files, signal }: SignedInUser, id: number, path: VirtualPath): Promise<Buffer> {
  const { free, total } = await files.space(path, { signal });
  const blocks = [total, free, free].map((bytes) => Math.floor(bytes / BLOCK_BYTES));
  const told = [BLOCK_BYTES, BLOCK_BYTES, ...blocks, 0, 0, 0, 0, FLAGS, MAX_NAME_BYTES];
  return sftpReply.extended(id, told.reduce((writer, value) => writer.uint64(value), new ByteWriter()).bytes());
}
