import { optionalText, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';

export const acct = anyone({
  verb: 'ACCT',
  rfc: 'RFC 959 section 4.1.1',
  usage: 'ACCT <account>',
  summary: 'Not needed here',
  carriesLogin: true,
  secret: true,
  syntax: optionalText,
  run: () => reply(202, 'No account is needed'),
});
