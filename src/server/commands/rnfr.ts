import { reply, text } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const rnfr = forUser({
  verb: 'RNFR',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RNFR <path>',
  summary: 'Name the entry to rename',
  keeps: ['rename'],
  syntax: text,
  async run(user, path) {
    await user.stat(path);
    user.renameFrom = user.resolve(path);
    return reply(350, 'Send RNTO with the new name');
  },
});
