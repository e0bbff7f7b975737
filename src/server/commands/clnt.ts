import { reply, text } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import { shortened } from '../shortened.ts';

export const clnt = anyone({
  verb: 'CLNT',
  rfc: 'no RFC',
  usage: 'CLNT <name>',
  summary: 'Name the client program, for operators',
  syntax: text,
  features: () => ['CLNT'],
  run(session, name) {
    session.client = shortened(name);
    return reply(200, 'Noted');
  },
});
