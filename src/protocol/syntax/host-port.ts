import { isIPv4, isIPv6 } from 'node:net';
import { type Syntax, SyntaxFailure } from './syntax.ts';

/** An end of a data connection: an IPv4 or IPv6 address as text, and a port from 1 to 65535. */
export interface HostPort {
  readonly address: string;
  readonly port: number;
}

/** The argument of PORT: `h1,h2,h3,h4,p1,p2`, six decimal bytes (RFC 959 section 5.3.2). */
export const hostPort: Syntax<HostPort> = {
  parse(argument) {
    const bytes = argument.split(',', 7);
    const values = bytes.map(Number);
    const [high = 0, low = 0] = values.slice(4);
    const port = high * 256 + low;
    if (
      bytes.length !== 6 ||
      !bytes.every((byte) => BYTE.test(byte)) ||
      values.some((value) => value > 255) ||
      port === 0
    ) {
      throw new SyntaxFailure(501, 'Expected six numbers from 0 to 255: h1,h2,h3,h4,p1,p2');
    }
    return { address: values.slice(0, 4).join('.'), port };
  },
  format({ address, port }) {
    return [...address.split('.'), port >> 8, port & 0xff].join(',');
  },
};

/**
 * The argument of EPRT: `|1|132.235.1.2|6275|` or `|2|1080::8:800:200C:417A|5282|`. The delimiter may be any printable
 * ASCII character (RFC 2428 section 2).
 */
export const extendedHostPort: Syntax<HostPort> = {
  parse(argument) {
    const delimiter = argument.charAt(0);
    const [before, family = '', address = '', port = '', after, ...more] = argument.split(delimiter, 6);
    if (!/^[!-~]$/.test(delimiter) || before !== '' || after !== '' || more.length > 0 || !/^\d+$/.test(family)) {
      throw malformedExtended();
    }
    if (family !== '1' && family !== '2') throw unsupportedFamily();
    const fits = family === '1' ? isIPv4(address) : isIPv6(address) && !address.includes('%');
    if (!fits || !PORT.test(port) || Number(port) > 65_535) throw malformedExtended();
    return { address, port: Number(port) };
  },
  format({ address, port }) {
    return `|${isIPv4(address) ? 1 : 2}|${address}|${port}|`;
  },
};

/**
 * What EPSV requests. `any`: a port of any protocol. A number: a port of that protocol (1: IPv4, 2: IPv6). `all`: that the
 * server refuses every other command for data connections from now on.
 */
export type ExtendedPassive = 'any' | 'all' | number;

/** The argument of EPSV: nothing, a protocol number, or ALL (RFC 2428 section 3). */
export const extendedPassive: Syntax<ExtendedPassive> = {
  parse(argument) {
    if (argument === '') return 'any';
    if (argument.toUpperCase() === 'ALL') return 'all';
    if (/^\d{1,5}$/.test(argument)) return Number(argument);
    throw new SyntaxFailure(501, 'Expected nothing, 1 (IPv4), 2 (IPv6) or ALL');
  },
  format(args) {
    if (args === 'any') return '';
    return args === 'all' ? 'ALL' : String(args);
  },
};

const BYTE = /^(?:0|[1-9]\d{0,2})$/;
const PORT = /^[1-9]\d{0,4}$/;

function malformedExtended(): SyntaxFailure {
  return new SyntaxFailure(501, 'Expected a protocol (1 or 2), an address and a port: |1|192.0.2.1|6275|');
}

/** RFC 2428 section 2 demands the list of protocols in parentheses. */
function unsupportedFamily(): SyntaxFailure {
  return new SyntaxFailure(522, 'Network protocol not supported, use (1,2)');
}
