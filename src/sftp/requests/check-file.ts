import type { Buffer } from 'node:buffer';
import type { DigestAlgorithm, VirtualPath } from '../../core/index.ts';
import { ByteWriter, sftpReply } from '../../protocol/index.ts';
import { SftpFailure } from '../failures.ts';
import { pathOf, type SignedInUser } from '../signed-in-user.ts';
import type { RequestTable } from './request.ts';

/** By their names in draft-ietf-secsh-filexfer-extensions-00 section 3. */
const ALGORITHMS: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['md5', 'MD5'],
  ['sha1', 'SHA-1'],
  ['sha256', 'SHA-256'],
  ['sha512', 'SHA-512'],
  ['crc32', 'CRC32'],
]);

interface Wanted {
  readonly algorithms: string;
  readonly offset: number;
  readonly length: number;
  readonly blockSize: number;
}

/** Requests for hashes of files. */
export const CHECK_REQUESTS: Pick<RequestTable, 'check-file' | 'check-file-name' | 'check-file-handle'> = {
  'check-file': {
    order: 'shared',
    async run(user, request) {
      const { name, digest } = await check(user, user.handles.file(request.handle).path, request);
      // paramiko expects the name of the extension before that of the hash.
      return sftpReply.extended(request.id, new ByteWriter().text('check-file').text(name).raw(digest).bytes());
    },
  },
  'check-file-name': {
    order: 'shared',
    path: ({ path }) => path,
    awaitsUploads: ({ path }) => [path],
    run: async (user, request) => told(request.id, await check(user, pathOf(request.path), request)),
  },
  'check-file-handle': {
    order: 'shared',
    run: async (user, request) => told(request.id, await check(user, user.handles.file(request.handle).path, request)),
  },
};

interface Checked {
  readonly name: string;
  readonly digest: Uint8Array;
}

function told(id: number, { name, digest }: Checked): Buffer {
  return sftpReply.extended(id, new ByteWriter().text(name).raw(digest).bytes());
}

async function check(user: SignedInUser, path: VirtualPath, wanted: Wanted): Promise<Checked> {
  const { files, signal, settings, account } = user;
  const { algorithms, offset, length, blockSize } = wanted;
  const name = algorithms.split(',').find((each) => ALGORITHMS.has(each));
  const algorithm = ALGORITHMS.get(name ?? '');
  if (name === undefined || !algorithm) throw new SftpFailure('unsupported', 'None of these hashes is computed here');
  if (blockSize !== 0)
    throw new SftpFailure('unsupported', 'Hashes of blocks are not computed here: ask for one of all bytes');
  const free = await settings.digests.take(account.name, settings.limits.maxConcurrentDigests);
  if (!free) throw new SftpFailure('failure', 'Other files are being hashed: try again later');
  try {
    const range = { start: offset, ...(length > 0 && { end: offset + length }) };
    return { name, digest: await files.digest(path, algorithm, { ...range, signal }) };
  } finally {
    free();
  }
}
