import { multiline, noArgument, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const feat = anyone({
  verb: 'FEAT',
  rfc: 'RFC 2389 section 3',
  usage: 'FEAT',
  summary: 'List the extensions that the server supports',
  syntax: noArgument,
  run(session) {
    const usable = [...new Set(session.commands.values())].filter(({ needs }) => !needs || session.can(needs));
    const features = usable.flatMap((command) => command.features?.(session) ?? []);
    return features.length === 0 ? reply(211, 'No features') : multiline(211, 'Features:', features.sort(), 'End');
  },
});
