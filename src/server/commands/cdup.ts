import { parentOf } from '../../core/index.ts';
import { noArgument, quoted, replyWithPath } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const cdup = forUser({
  verb: 'CDUP',
  aliases: ['XCUP'],
  rfc: 'RFC 959 section 4.1.1',
  usage: 'CDUP',
  summary: 'Change to the parent directory',
  syntax: noArgument,
  run(user) {
    user.cwd = parentOf(user.cwd);
    return replyWithPath(250, `${quoted(user.cwd)} is the working directory now`);
  },
});
