import { reply, text } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const clnt = anyone({
  verb: 'CLNT',
  rfc: 'no RFC',
  usage: 'CLNT <name>',
  summary: 'Name the client program, for the log',
  syntax: text,
  features: () => ['CLNT'],
  run: () => reply(200, 'Noted'),
});
