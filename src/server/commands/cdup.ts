import { parentOf } from '../../core/index.ts';
import { noArgument, quoted, replyWithPath } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const cdup = forMember({
  verb: 'CDUP',
  aliases: ['XCUP'],
  rfc: 'RFC 959 section 4.1.1',
  usage: 'CDUP',
  summary: 'Change to the parent directory',
  syntax: noArgument,
  run(member) {
    member.cwd = parentOf(member.cwd);
    return replyWithPath(250, `${quoted(member.cwd)} is the working directory now`);
  },
});
