import { hostPort, reply } from '../../protocol/index.ts';
import { openActive } from '../active.ts';
import { forUser } from '../command.ts';

export const port = forUser({
  verb: 'PORT',
  rfc: 'RFC 959 section 4.1.2, RFC 2577 section 3',
  usage: 'PORT <h1,h2,h3,h4,p1,p2>',
  summary: 'Name the IPv4 port that the server connects to (if active mode is turned on)',
  keeps: ['restart', 'range'],
  syntax: hostPort,
  async run(user, target) {
    if (user.parameters.extendedOnly) return reply(503, 'EPSV ALL was sent: use EPSV');
    return openActive(user, target);
  },
});
