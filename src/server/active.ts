import { type HostPort, type Reply, reply } from '../protocol/index.ts';
import { activeTargetRefusal, connectingEndpoint } from '../transport/index.ts';
import type { UserSession } from './user-session.ts';

/** Notes where the next transfer is to connect to: the peer itself and no one else, at no well-known port (RFC 2577). */
export async function openActive(user: UserSession, target: HostPort): Promise<Reply> {
  const { channel, settings } = user.session;
  if (!settings.active) return reply(502, 'Active mode is turned off here: use EPSV or PASV');
  const refusal = activeTargetRefusal(target, channel.peer.address);
  if (refusal) return reply(504, refusal);
  await user.prepareData(connectingEndpoint(target, { localAddress: channel.local.address }));
  return reply(200, 'Ready to connect');
}
