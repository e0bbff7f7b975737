import { oneOf, type Syntax, SyntaxFailure } from './syntax.ts';

/** Whether data connections are to be encrypted. */
export type ProtectionLevel = 'clear' | 'private';

const LEVELS = oneOf<ProtectionLevel>(
  { C: 'clear', P: 'private' },
  504,
  'Expected a protection level: C (clear) or P (private)',
);

/** PROT: C or P; S and E exist, but TLS can't give them: 536 (RFC 4217 section 9). */
export const protectionLevel: Syntax<ProtectionLevel> = {
  parse(argument) {
    if (/^[SE]$/i.test(argument)) throw new SyntaxFailure(536, 'TLS offers the levels C (clear) and P (private) only');
    return LEVELS.parse(argument);
  },
  format: (level) => LEVELS.format(level),
};

/**
 * AUTH: TLS, and TLS-C which means the same (RFC 4217 section 17); SSL is what old clients say for it. Other mechanisms
 * are 504 (RFC 2228 section 3).
 */
export const authMechanism: Syntax<'tls'> = oneOf(
  { TLS: 'tls', 'TLS-C': 'tls', SSL: 'tls' },
  504,
  'The only mechanism here is TLS',
);
