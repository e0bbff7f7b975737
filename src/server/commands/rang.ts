import { byteRange, optionalText, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

export const rang = forMember({
  verb: 'RANG',
  rfc: 'draft-bryan-ftp-range-08',
  usage: 'RANG <first> <last>',
  summary: 'Limit the next RETR or HASH to these bytes, both included; RANG 1 0 removes the limit',
  keeps: ['range'],
  syntax: optionalText,
  features: () => ['RANG STREAM'],
  run(member, argument) {
    // Section 3: a range that can't be read lifts the one before, too.
    member.range = undefined;
    const range = byteRange.parse(argument);
    member.range = range === 'whole' ? undefined : range;
    if (!member.range) return reply(350, 'The whole file again');
    return reply(350, `The next RETR or HASH takes bytes ${member.range.start} to ${member.range.end - 1}`);
  },
});
