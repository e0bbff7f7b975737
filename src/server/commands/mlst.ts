import { formatFactsFeature, multiline, optionalText } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { factsLine } from '../facts.ts';

export const mlst = forUser({
  verb: 'MLST',
  rfc: 'RFC 3659 section 7',
  usage: 'MLST [<path>]',
  summary: 'Describe one entry in a machine-readable format',
  syntax: optionalText,
  features: ({ parameters }) => [formatFactsFeature(parameters.facts), 'TVFS', 'UTF8'],
  async run(user, argument) {
    const path = user.resolve(argument);
    const entry = await user.stat(argument);
    return { ...multiline(250, 'Facts follow', [factsLine(user, entry, path, path)], 'End'), isExact: true };
  },
});
