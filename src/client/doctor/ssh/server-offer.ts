import type { Socket } from 'node:net';
import { ByteReader } from '../../../protocol/index.ts';
import { connectTo } from '../../../transport/index.ts';
import { channelFailure } from '../../connection/channel-failure.ts';
import { ClientError } from '../../errors.ts';
import type { ClientSettings } from '../../settings.ts';

/** What a server offers before anybody has signed in (RFC 4253 sections 4.2 and 7.1). */
export interface ServerOffer {
  /** What it says of itself: `OpenSSH_9.2p1 Debian-2`. */
  readonly software: string;
  readonly keyExchanges: readonly string[];
  readonly hostKeys: readonly string[];
  readonly ciphers: readonly string[];
  readonly macs: readonly string[];
  /** Until it accepted the connection. */
  readonly connectMs: number;
}

/** Lines before the version, the version, and a packet of RFC 4253 section 6.1. */
const MAX_BYTES = 8192 + 35_000;
const KEXINIT = 20;
const COOKIE_BYTES = 16;

/** Reads it, and leaves. @throws ClientError where the server does not speak SSH */
export async function serverOffer(settings: ClientSettings, signal: AbortSignal | undefined): Promise<ServerOffer> {
  const { host, port, limits, dial } = settings;
  const begin = performance.now();
  const socket = await connectTo({ host, port, timeoutMs: limits.connectMs, dial, signal }).catch((error: unknown) => {
    throw channelFailure(error, 'connect');
  });
  const connectMs = Math.round(performance.now() - begin);
  const timer = setTimeout(() => socket.destroy(), limits.sshHandshakeMs);
  try {
    socket.write('SSH-2.0-Lockport\r\n');
    const offer = await firstPacket(socket);
    if (offer) return { ...offer, connectMs };
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  throw new ClientError('connect-failed', `${host} port ${port} does not speak SSH`, { phase: 'connect' });
}

async function firstPacket(socket: Socket): Promise<Omit<ServerOffer, 'connectMs'> | undefined> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    const offer = offerIn(bytes);
    if (offer || bytes.length > MAX_BYTES) return offer;
  }
  return undefined;
}

function offerIn(bytes: Buffer): Omit<ServerOffer, 'connectMs'> | undefined {
  const [line, software] = /(?:^|\n)SSH-2\.0-([^\r\n]*)\r?\n/.exec(bytes.toString('latin1')) ?? [];
  if (line === undefined || software === undefined) return undefined;
  const packet = bytes.subarray(bytes.toString('latin1').indexOf(line) + line.length);
  if (packet.length < 6 || packet.length < 4 + packet.readUInt32BE() || packet[5] !== KEXINIT) return undefined;
  const reader = new ByteReader(packet, 6 + COOKIE_BYTES);
  const names = (): readonly string[] => reader.string().toString('latin1').split(',');
  const [keyExchanges, hostKeys, ciphers] = [names(), names(), names()];
  names();
  return { software, keyExchanges, hostKeys, ciphers, macs: names() };
}
