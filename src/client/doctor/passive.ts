import { BlockList, isIPv4 } from 'node:net';
import { type HostPort, parseExtendedPassiveReply, parsePassiveReply, type Reply } from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { textOf } from '../connection/reply-error.ts';
import { type Check, fetchBytes } from './examined-server.ts';
import type { Finding } from './finding.ts';

/** What the server announces for data connections, and whether one gets through. */
export const passive: Check = async function* (examined) {
  const { pool, signal } = examined;
  yield await pool.use(signal, ({ connection }) => extended(connection, signal));
  const announced = await pool.use(signal, ({ connection }) => plain(connection, signal));
  if (announced) yield announced;
  const { data } = examined;
  await fetchBytes(examined, 'LIST');
  const last = data.at(-1);
  yield { check: 'reachable', verdict: 'good', message: `A data connection gets through (port ${last?.port ?? '?'})` };
};

async function extended(connection: ControlConnection, signal: AbortSignal | undefined): Promise<Finding> {
  const reply = await connection.request('EPSV', '', { signal, accept: () => true });
  const port = reply.code === 229 ? parseExtendedPassiveReply(reply) : undefined;
  if (port !== undefined) return { check: 'epsv', verdict: 'good', message: 'EPSV is answered', facts: { port } };
  return {
    check: 'epsv',
    verdict: 'note',
    message: `EPSV is not available: ${said(reply)}`,
    advice: 'Clients fall back to PASV. Turn EPSV on for IPv6, and for clients behind address translation',
  };
}

async function plain(connection: ControlConnection, signal: AbortSignal | undefined): Promise<Finding | undefined> {
  const { remote } = connection;
  const reply = await connection.request('PASV', '', { signal, accept: () => true });
  const announced = reply.code === 227 ? parsePassiveReply(reply) : undefined;
  if (announced) return judge(announced, remote);
  // RFC 2428 section 3: over IPv6 there is nothing that PASV could say.
  if (!isIPv4(remote.address)) return undefined;
  return { check: 'pasv', verdict: 'note', message: `PASV is not available: ${said(reply)}` };
}

/** Clients that believe the address in the reply go there, and nowhere if it is one of the server's own network. */
function judge({ address, port }: HostPort, remote: HostPort): Finding {
  const facts = { address, port, server: remote.address };
  if (address === remote.address) {
    return {
      check: 'pasv',
      verdict: 'good',
      message: `PASV announces ${address}, which is where the server is`,
      facts,
    };
  }
  const isUseless = isPrivate(address) && !isPrivate(remote.address);
  return {
    check: 'pasv',
    verdict: isUseless ? 'bad' : 'warning',
    message: `The server announces ${address} in PASV, ${isUseless ? "which you can't reach" : 'which is not its own'}; it is at ${remote.address}`,
    advice: `Set the passive address of the server (Lockport: passive.address; vsftpd: pasv_address; ProFTPD: MasqueradeAddress; Pure-FTPd: ForcePassiveIP) to ${remote.address}. Lockport's client ignores the address; others do not`,
    facts,
  };
}

function isPrivate(address: string): boolean {
  return isIPv4(address) && privateNetworks.check(address);
}

/** RFC 1918, RFC 6598, loopback, link-local, and the address that is none. */
const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  privateNetworks.addSubnet(network, prefix);
}

function said(reply: Reply): string {
  return `${reply.code} ${textOf(reply)}`;
}
