import { byteRange, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const rang = forMember({
  verb: 'RANG',
  rfc: 'draft-bryan-ftp-range-08',
  usage: 'RANG <first> <last>',
  summary: 'Limit the next RETR or HASH to these bytes, both included; RANG 1 0 lifts it',
  keeps: ['range'],
  syntax: byteRange,
  features: () => ['RANG STREAM'],
  run(member, range) {
    member.range = range === 'whole' ? undefined : range;
    if (!member.range) return reply(350, 'The whole file again');
    return reply(350, `The next RETR or HASH takes bytes ${member.range.start} to ${member.range.end - 1}`);
  },
});
