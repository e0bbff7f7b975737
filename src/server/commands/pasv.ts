import { noArgument, passiveReply, reply } from '../../protocol/index.ts';
import { forUser } from '../command.ts';
import { announcedAddress, openPassive } from '../passive.ts';

export const pasv = forUser({
  verb: 'PASV',
  rfc: 'RFC 959 section 4.1.2',
  usage: 'PASV',
  summary: 'Open an IPv4 port for the next data connection',
  keeps: ['restart', 'range'],
  syntax: noArgument,
  async run(user) {
    if (user.parameters.extendedOnly) return reply(503, 'EPSV ALL was sent: use EPSV');
    const host = await announcedAddress(user.session);
    if (host === undefined) return reply(425, 'PASV has no form for IPv6: use EPSV');
    const { port } = (await openPassive(user)).address;
    return passiveReply({ address: host, port });
  },
});
