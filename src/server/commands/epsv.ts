import { isIPv6 } from 'node:net';
import { extendedPassive, extendedPassiveReply, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { openPassive } from '../passive.ts';

export const epsv = forUser({
  verb: 'EPSV',
  rfc: 'RFC 2428 section 3',
  usage: 'EPSV [1|2|ALL]',
  summary: 'Open a port for the next data connection; ALL: allow no other command for that',
  keeps: ['restart', 'range'],
  syntax: extendedPassive,
  features: () => ['EPSV'],
  async run(user, family) {
    if (family === 'all') {
      user.parameters.extendedOnly = true;
      return reply(200, 'EPSV only, from now on');
    }
    const own = isIPv6(user.session.channel.local.address) ? 2 : 1;
    // RFC 2428 section 2 prescribes the list in parentheses
    if (family !== 'any' && family !== own) return reply(522, `Network protocol not supported, use (${own})`);
    const { port } = (await openPassive(user)).address;
    return extendedPassiveReply(port);
  },
});
