import { hostName, reply } from '../../protocol/index.ts';
import { anyone } from '../command.ts';
import type { Session } from '../session.ts';

/** Before the login only; the last one counts (RFC 7151 section 3). */
export const host = anyone({
  verb: 'HOST',
  rfc: 'RFC 7151',
  usage: 'HOST <name>',
  summary: 'Select a virtual host',
  syntax: hostName,
  features: () => ['HOST'],
  run(session, name) {
    if (session.login.kind !== 'greeted') return reply(503, 'HOST comes before USER');
    // RFC 7151 section 3.2.2: the name must be the one that TLS was asked for
    const { serverName } = session.channel.tls ?? {};
    if (!isKnown(session, name) || (serverName !== undefined && serverName !== name)) return reply(504, 'Unknown host');
    session.host = name;
    return reply(220, 'Host accepted');
  },
});

function isKnown({ settings, channel }: Session, name: string): boolean {
  const address = name.startsWith('[') ? name.slice(1, -1) : name;
  return settings.hosts.has(name) || settings.tls.covers(name) || address === channel.local.address;
}
