import { noArgument, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const syst = anyone({
  verb: 'SYST',
  rfc: 'RFC 959 section 4.1.3',
  usage: 'SYST',
  summary: 'Show the type of the system',
  syntax: noArgument,
  run: () => reply(215, 'UNIX Type: L8'),
});
