import { type Reply, reply } from './reply.ts';
import { type HostPort, hostPort } from './syntax/host-port.ts';

/** 227 as clients read it: six numbers in parentheses (RFC 959 section 4.1.2, RFC 1123 section 4.1.2.6). */
export function passiveReply(endpoint: HostPort): Reply {
  return reply(227, `Entering Passive Mode (${hostPort.format(endpoint)}).`);
}

/** 229: the port alone between bars; the address is that of the control connection (RFC 2428 section 3). */
export function extendedPassiveReply(port: number): Reply {
  return reply(229, `Entering Extended Passive Mode (|||${port}|)`);
}
