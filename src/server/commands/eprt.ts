import { extendedHostPort, reply } from '../../protocol/index.ts';
import { openActive } from '../active.ts';
import { forUser } from '../command.ts';

export const eprt = forUser({
  verb: 'EPRT',
  rfc: 'RFC 2428 section 2, RFC 2577 section 3',
  usage: 'EPRT |1|<IPv4>|<port>| or |2|<IPv6>|<port>|',
  summary: 'Name the port that the server connects to (if active mode is turned on)',
  keeps: ['restart', 'range'],
  syntax: extendedHostPort,
  features: ({ settings }) => (settings.active ? ['EPRT'] : []),
  async run(user, target) {
    if (user.parameters.extendedOnly) return reply(503, 'EPSV ALL was sent: use EPSV');
    return openActive(user, target);
  },
});
