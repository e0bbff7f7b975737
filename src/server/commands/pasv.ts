import { noArgument, passiveReply, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';
import { announcedAddress, openPassive } from '../passive.ts';

export const pasv = forMember({
  verb: 'PASV',
  rfc: 'RFC 959 section 4.1.2',
  usage: 'PASV',
  summary: 'Open an IPv4 port for the next data connection',
  keeps: ['restart', 'range'],
  syntax: noArgument,
  async run(member) {
    if (member.parameters.extendedOnly) return reply(503, 'EPSV ALL was sent: use EPSV');
    const host = await announcedAddress(member.session);
    if (host === undefined) return reply(425, 'PASV has no form for IPv6: use EPSV');
    const { port } = (await openPassive(member)).address;
    return passiveReply({ address: host, port });
  },
});
