import { oneOf, type Syntax, SyntaxFailure } from './syntax.ts';

/** The protection of data connections. `private`: encrypted. `clear`: not encrypted. */
export type ProtectionLevel = 'clear' | 'private';

const LEVELS = oneOf<ProtectionLevel>(
  { C: 'clear', P: 'private' },
  504,
  'Expected a protection level: C (clear) or P (private)',
);

/** The argument of PROT: C or P. S and E are refused with 536, because TLS has no such levels (RFC 4217 section 9). */
export const protectionLevel: Syntax<ProtectionLevel> = {
  parse(argument) {
    if (/^[SE]$/i.test(argument)) throw new SyntaxFailure(536, 'TLS offers the levels C (clear) and P (private) only');
    return LEVELS.parse(argument);
  },
  format: (level) => LEVELS.format(level),
};

/**
 * The argument of AUTH. TLS-C means the same as TLS (RFC 4217 section 17), and old clients send SSL for it. Other
 * mechanisms are refused with 504 (RFC 2228 section 3).
 */
export const authMechanism: Syntax<'tls'> = oneOf(
  { TLS: 'tls', 'TLS-C': 'tls', SSL: 'tls' },
  504,
  'The only mechanism here is TLS',
);
