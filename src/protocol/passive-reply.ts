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

/**
 * Reads a 227: the first six numbers in a row, wherever they stand (RFC 1123 section 4.1.2.6: the form is not
 * standardised, the parentheses may be missing).
 */
export function parsePassiveReply({ code, lines }: Reply): HostPort | undefined {
  if (code !== 227) return undefined;
  const bytes = SIX_NUMBERS.exec(lines.join('\n'))?.slice(1).map(Number) ?? [];
  const [high = 0, low = 0] = bytes.slice(4);
  const port = high * 256 + low;
  if (port === 0 || bytes.some((byte) => byte > 255)) return undefined;
  return { address: bytes.slice(0, 4).join('.'), port };
}

/** Reads the port of a 229: `(|||6446|)`, with any delimiter (RFC 2428 section 3). */
export function parseExtendedPassiveReply({ code, lines }: Reply): number | undefined {
  if (code !== 229) return undefined;
  const port = Number(BARRED_PORT.exec(lines.join('\n'))?.[2]);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

// From each position, both patterns examine at most about twenty characters, so their work is linear.
const SIX_NUMBERS = /(?<!\d)(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3})(?!\d)/;
const BARRED_PORT = /([!-/:-~])\1\1(\d{1,5})\1/;
