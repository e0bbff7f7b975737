import { optionalText, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const noop = anyone({
  verb: 'NOOP',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'NOOP',
  summary: 'Do nothing except reply',
  concurrency: 'answered',
  keeps: ['rename', 'restart', 'range'],
  syntax: optionalText,
  run: () => reply(200, 'Here'),
});
