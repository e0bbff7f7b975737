import { reply, text } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const rnfr = forMember({
  verb: 'RNFR',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'RNFR <path>',
  summary: 'Name the entry to rename',
  keeps: ['rename'],
  syntax: text,
  async run(member, path) {
    await member.stat(path);
    member.renameFrom = member.resolve(path);
    return reply(350, 'Send RNTO with the new name');
  },
});
