import { isIPv4, isIPv6 } from 'node:net';
import { type Syntax, SyntaxFailure } from './syntax.ts';

/**
 * The argument of HOST: a domain name, an IPv4 address, or an IPv6 address in brackets, without a port (RFC 7151 section
 * 3.1). The result is in lower case and keeps the brackets.
 */
export const hostName: Syntax<string> = {
  parse(argument) {
    const host = argument.toLowerCase();
    if (!isIPv4(host) && !isBracketedIPv6(host) && !isDomain(host)) {
      throw new SyntaxFailure(501, 'Expected a host name or an address, without a port');
    }
    return host;
  },
  format: (host) => host,
};

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

function isBracketedIPv6(host: string): boolean {
  return host.startsWith('[') && host.endsWith(']') && !host.includes('%') && isIPv6(host.slice(1, -1));
}

/** Applies RFC 1123 section 2.1. The last label must not be a number, because such a name is a mistyped address. */
function isDomain(host: string): boolean {
  if (host.length > 253) return false;
  const labels = host.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

/** The argument of LANG: a language tag. The empty string selects the default language (RFC 2640 section 4.1). */
export const languageTag: Syntax<string> = {
  parse(argument) {
    if (argument !== '' && !/^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/.test(argument)) {
      throw new SyntaxFailure(501, 'Expected a language tag, such as en');
    }
    return argument;
  },
  format: (tag) => tag,
};
