import { StorageError } from '../../core/index.ts';
import { quoted, replyWithPath } from '../../protocol/index.ts';
import { onPath } from '../command.ts';

export const cwd = onPath({
  verb: 'CWD',
  aliases: ['XCWD'],
  rfc: 'RFC 959 section 4.1.1',
  usage: 'CWD <path>',
  summary: 'Change the working directory',
  async run(member, path) {
    const { kind } = await member.files.stat(path, member.session);
    if (kind !== 'directory') throw new StorageError('not-directory', 'Not a directory');
    member.cwd = path;
    return replyWithPath(250, `${quoted(path)} is the working directory now`);
  },
});
