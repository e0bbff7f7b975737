import { StorageError } from '../../core/index.ts';
import { quoted, replyWithPath } from '../../protocol/index.ts';
import { onPath } from '../command.ts';

export const cwd = onPath({
  verb: 'CWD',
  aliases: ['XCWD'],
  rfc: 'RFC 959 section 4.1.1',
  usage: 'CWD <path>',
  summary: 'Change the working directory',
  async run(user, path) {
    const { kind } = await user.files.stat(path, user.session);
    if (kind !== 'directory') throw new StorageError('not-directory', 'Not a directory');
    user.cwd = path;
    return replyWithPath(250, `${quoted(path)} is the working directory now`);
  },
});
