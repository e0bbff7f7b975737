import type { VirtualPath } from '../../core/index.ts';
import { sftpReply } from '../../protocol/index.ts';
import { SftpFailure } from '../failures.ts';
import { pathOf } from '../signed-in-user.ts';
import { done } from './answers.ts';
import type { RequestTable } from './request.ts';

/** Requests about names and links. */
export const NAME_REQUESTS: Pick<
  RequestTable,
  'remove' | 'rename' | 'posix-rename@openssh.com' | 'realpath' | 'expand-path@openssh.com' | 'readlink' | 'symlink'
> = {
  remove: {
    order: 'alone',
    path: ({ path }) => path,
    awaitsUploads: ({ path }) => [path],
    async run({ files, signal }, { id, path }) {
      await files.remove(pathOf(path), { signal });
      return done(id);
    },
  },
  rename: {
    order: 'alone',
    path: ({ from }) => from,
    awaitsUploads: ({ from, to }) => [from, to],
    async run({ files, signal }, { id, from, to }) {
      // Version 3 replaces nothing (draft-ietf-secsh-filexfer-02 section 6.5).
      await files.rename(pathOf(from), pathOf(to), { exclusive: true, signal });
      return done(id);
    },
  },
  'posix-rename@openssh.com': {
    order: 'alone',
    path: ({ from }) => from,
    awaitsUploads: ({ from, to }) => [from, to],
    async run({ files, signal }, { id, from, to }) {
      await files.rename(pathOf(from), pathOf(to), { signal });
      return done(id);
    },
  },
  realpath: {
    order: 'shared',
    path: ({ path }) => path,
    run: async (_, { id, path }) => whole(id, pathOf(path)),
  },
  'expand-path@openssh.com': {
    order: 'shared',
    path: ({ path }) => path,
    async run(_, { id, path }) {
      const [user = '', ...rest] = path.split('/');
      if (!user.startsWith('~')) return whole(id, pathOf(path));
      if (user !== '~') throw new SftpFailure('no-such-file', 'Homes of others can not be named');
      return whole(id, pathOf(rest.join('/')));
    },
  },
  readlink: {
    order: 'shared',
    path: ({ path }) => path,
    async run({ files, signal }, { id, path }) {
      const { kind, target } = await files.stat(pathOf(path), { followLinks: false, signal });
      if (kind !== 'link' || target === undefined) throw new SftpFailure('failure', 'Not a symbolic link');
      return sftpReply.names(id, [{ name: target, line: target, attributes: {} }]);
    },
  },
  symlink: {
    order: 'alone',
    path: ({ path }) => path,
    async run({ files, signal, settings }, { id, target, path }) {
      if (!settings.symlinks) throw new SftpFailure('unsupported', 'Symbolic links are turned off here');
      await files.makeLink(pathOf(path), target, { signal });
      return done(id);
    },
  },
};

function whole(id: number, path: VirtualPath) {
  return sftpReply.names(id, [{ name: path, line: path, attributes: {} }]);
}
