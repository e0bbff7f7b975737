import { formatFactsFeature, multiline, optionalText } from '../../protocol/index.ts';
import { forMember } from '../command.ts';
import { factsLine } from '../facts.ts';

export const mlst = forMember({
  verb: 'MLST',
  rfc: 'RFC 3659 section 7',
  usage: 'MLST [<path>]',
  summary: 'Describe one entry in a machine-readable format',
  syntax: optionalText,
  features: ({ parameters }) => [formatFactsFeature(parameters.facts), 'TVFS', 'UTF8'],
  async run(member, argument) {
    const path = member.resolve(argument);
    const entry = await member.stat(argument);
    return { ...multiline(250, 'Facts follow', [factsLine(member, entry, path, path)], 'End'), isExact: true };
  },
});
