import { isIPv6 } from 'node:net';
import {
  extendedHostPort,
  type HostPort,
  hostPort,
  parseExtendedPassiveReply,
  parsePassiveReply,
  type Reply,
} from '../../protocol/index.ts';
import { connectingEndpoint, type DataEndpoint, DataPorts, directDial } from '../../transport/index.ts';
import type { Command, ControlConnection } from '../connection/connection.ts';
import { textOf } from '../connection/reply-error.ts';
import { ClientError } from '../errors.ts';
import { dataFailure } from './data-failure.ts';

/** What was agreed on with the server. */
export interface NegotiatedData {
  readonly endpoint: DataEndpoint;
  /** Whether another way could be tried, as nobody has answered at the port so far: it is EPSV's, or an old one. */
  readonly mayBeUnreachable: () => boolean;
  /** Whether the port was asked for ahead. */
  readonly isAhead: boolean;
}

/**
 * Agrees with the server on a data connection.
 * @param asked the reply to an EPSV that was just sent together with other things
 * @throws ClientError
 */
export async function negotiateData(
  connection: ControlConnection,
  asked: Reply | undefined,
  signal: AbortSignal | undefined,
): Promise<NegotiatedData> {
  if (connection.settings.dataMode === 'passive') return requestExtendedPassive(connection, asked, signal);
  return { endpoint: await listenForServer(connection, signal), mayBeUnreachable: () => false, isAhead: false };
}

/** The server listens. EPSV needs no address, so it is asked first (RFC 2428 section 3). */
async function requestExtendedPassive(
  connection: ControlConnection,
  asked: Reply | undefined,
  signal: AbortSignal | undefined,
): Promise<NegotiatedData> {
  const { quirks } = connection.settings;
  if (quirks.withoutExtendedPassive) return requestPassive(connection, signal);
  const ahead = connection.passiveAhead.take();
  const isPlain = asked !== undefined && (asked.code === 229 || asked.code >= 500);
  const reply = ahead ?? (isPlain ? asked : await requestPort(connection, 'EPSV', signal));
  if (reply.code === 229) {
    const port = parseExtendedPassiveReply(reply);
    if (port === undefined) throw notUnderstood(reply, 'EPSV');
    const { address } = connection.remote;
    let hasConnected = false;
    const endpoint = connectTo(connection, { address, port }, () => {
      hasConnected = true;
    });
    const isAhead = ahead !== undefined;
    // Over IPv6 there is nothing but another EPSV to go on with.
    return { endpoint, mayBeUnreachable: () => !hasConnected && (isAhead || !isIPv6(address)), isAhead };
  }
  quirks.withoutExtendedPassive = true;
  return requestPassive(connection, signal);
}

/** Whether the port of a transfer can be asked for together with other things: see `ControlConnection.passiveAhead`. */
export function canAskAhead({ settings, canPipeline }: ControlConnection): boolean {
  return canPipeline && settings.dataMode === 'passive' && !settings.quirks.withoutExtendedPassive;
}

export const EPSV: Command = ['EPSV', ''];

async function requestPassive(connection: ControlConnection, signal: AbortSignal | undefined): Promise<NegotiatedData> {
  const reply = await requestPort(connection, 'PASV', signal);
  // A port of EPSV that could not be reached once may be reached the next time: there is nothing else to try.
  if (reply.code >= 500) connection.settings.quirks.withoutExtendedPassive = false;
  if (reply.code >= 500) throw connection.refusal(reply, 'open-data', 'PASV');
  const announced = reply.code === 227 ? parsePassiveReply(reply) : undefined;
  if (!announced) throw notUnderstood(reply, 'PASV');
  const isBelieved = connection.settings.passiveAddress === 'announced';
  const target = isBelieved ? announced : { ...announced, address: connection.remote.address };
  return { endpoint: connectTo(connection, target), mayBeUnreachable: () => false, isAhead: false };
}

/**
 * Asks for a port. A server that picks one which something else is just taking says 425 (Pure-FTPd, of two sessions that
 * pick the same), and picks another when it is asked again. Nothing has been sent yet that could be lost or done twice.
 */
async function requestPort(
  connection: ControlConnection,
  verb: 'EPSV' | 'PASV',
  signal: AbortSignal | undefined,
): Promise<Reply> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= connection.settings.limits.maxPortRequests;
    const accept = (code: number): boolean => code >= 500 || (code === 425 && !isLast);
    const reply = await connection.request(verb, '', { signal, phase: 'open-data', accept });
    if (reply.code !== 425) return reply;
  }
}

function connectTo({ settings, local }: ControlConnection, target: HostPort, onConnect = () => {}): DataEndpoint {
  const dial = settings.dial ?? directDial({ localAddress: local.address });
  return connectingEndpoint(target, {
    async dial(target, signal) {
      const socket = await dial(target, signal);
      onConnect();
      return socket;
    },
  });
}

/** The server connects to us, from its own address and no other (RFC 2577 section 4). */
async function listenForServer(connection: ControlConnection, signal: AbortSignal | undefined): Promise<DataEndpoint> {
  const { local, remote, settings } = connection;
  const ports = new DataPorts({ maxOpen: 1 });
  const endpoint = await listen(ports);
  try {
    await announcePort(connection, endpoint.address, signal);
    return endpoint;
  } catch (error) {
    await endpoint[Symbol.asyncDispose]();
    throw error;
  }

  async function listen(ports: DataPorts): Promise<DataEndpoint> {
    try {
      return await ports.listen(local.address, remote.address, { passiveIdleMs: settings.limits.replyMs });
    } catch (error) {
      throw dataFailure(error, 'open-data');
    }
  }
}

/** PORT is understood everywhere, and knows IPv4 alone. */
async function announcePort(
  connection: ControlConnection,
  address: HostPort,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [verb, argument] = isIPv6(address.address)
    ? (['EPRT', extendedHostPort.format(address)] as const)
    : (['PORT', hostPort.format(address)] as const);
  await connection.request(verb, argument, { signal, phase: 'open-data' });
}

function notUnderstood(reply: Reply, command: string): ClientError {
  return new ClientError('protocol', `The server named no port: ${reply.code} ${textOf(reply)} (${command})`, {
    phase: 'open-data',
    command,
    reply,
  });
}
