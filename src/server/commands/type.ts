import { reply, transferType } from '../../protocol/index.ts';
import { forUser } from '../command.ts';

export const type = forUser({
  verb: 'TYPE',
  rfc: 'RFC 959 section 3.1.1, RFC 1123 section 4.1.2.1',
  usage: 'TYPE A|I|L 8',
  summary: 'Select text with converted line ends (A) or unchanged bytes (I)',
  keeps: ['restart', 'range'],
  syntax: transferType,
  run(user, type) {
    user.parameters.type = type;
    return reply(200, type === 'ascii' ? 'Line ends are converted' : 'Bytes travel as they are');
  },
});
