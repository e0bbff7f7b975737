import { byteRange, optionalText, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const rang = forUser({
  verb: 'RANG',
  rfc: 'draft-bryan-ftp-range-08',
  usage: 'RANG <first> <last>',
  summary: 'Limit the next RETR or HASH to these bytes, both included; RANG 1 0 removes the limit',
  keeps: ['range'],
  syntax: optionalText,
  features: () => ['RANG STREAM'],
  run(user, argument) {
    // Section 3: a range that can't be read lifts the one before, too.
    user.range = undefined;
    const range = byteRange.parse(argument);
    user.range = range === 'whole' ? undefined : range;
    if (!user.range) return reply(350, 'The whole file again');
    return reply(350, `The next RETR or HASH takes bytes ${user.range.start} to ${user.range.end - 1}`);
  },
});
