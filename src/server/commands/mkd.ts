import { StorageError } from '../../core/index.ts';
import { quoted, reply, replyWithPath } from '../../protocol/index.ts';
import { onPath } from '../command.ts';

export const mkd = onPath({
  verb: 'MKD',
  aliases: ['XMKD'],
  rfc: 'RFC 959 section 4.1.3',
  usage: 'MKD <path>',
  summary: 'Create a directory',
  async run(user, path) {
    try {
      await user.files.makeDirectory(path);
    } catch (error) {
      // Camel, Spring and FileZilla tell by these words that they may go on.
      if (error instanceof StorageError && error.code === 'exists') return reply(550, `${quoted(path)}: File exists`);
      throw error;
    }
    return replyWithPath(257, `${quoted(path)} made`);
  },
});
