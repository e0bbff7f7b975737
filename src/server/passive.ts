import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { isInNetwork } from '../core/index.ts';
import { type DataEndpoint, DataError } from '../transport/index.ts';
import { dataTls } from './data-tls.ts';
import type { Session } from './session.ts';
import type { UserSession } from './user-session.ts';

/** Opens a port for the user's next transfer, on the address that it reached us at, for its own address only. */
export async function openPassive(user: UserSession): Promise<DataEndpoint> {
  const { session } = user;
  const { channel, settings } = session;
  const closing = user.prepareData(undefined);
  if (closing) await closing;
  const endpoint = await settings.passivePorts.listen(channel.local.address, channel.peer.address, settings.limits, {
    // A peer that resets at once has no address any more.
    onStranger: (address) =>
      session.publish({
        event: 'data.refused',
        code: 'stranger',
        reason: address ? `it came from ${address}` : 'it ended before its address was known',
      }),
    protection: () => dataTls(user),
  });
  const closingOther = user.prepareData(endpoint);
  if (closingOther) await closingOther;
  return endpoint;
}

/**
 * What PASV announces: the address or name that is configured for the client's network, else for all, else ours;
 * undefined where that is no IPv4 address.
 */
export async function announcedAddress({ channel, settings }: Session): Promise<string | undefined> {
  const network = settings.passiveNetworks.find(({ clients }) => isInNetwork(channel.peer.address, clients));
  const passiveAddress = network ? network.address : settings.passiveAddress;
  if (passiveAddress === undefined) return isIPv4(channel.local.address) ? channel.local.address : undefined;
  try {
    return (await lookup(passiveAddress, 4)).address;
  } catch (cause) {
    throw new DataError('no-endpoint', 'The passive address of this server has no IPv4 address: use EPSV', { cause });
  }
}
