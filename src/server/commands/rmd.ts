import { reply } from '../../protocol/index.ts';
import { onPath } from '../command.ts';

export const rmd = onPath({
  verb: 'RMD',
  aliases: ['XRMD'],
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RMD <path>',
  summary: 'Remove an empty directory',
  async run(user, path) {
    await user.files.removeDirectory(path);
    return reply(250, 'Directory removed');
  },
});
