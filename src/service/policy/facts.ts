import { getFips } from 'node:crypto';
import process from 'node:process';
import type { Configuration } from '../configuration/index.ts';
import type { FactDemand } from './demands.ts';

interface Fact {
  readonly expected: string;
  readonly look: (configuration: Configuration) => { readonly found: string; readonly isMet: boolean };
}

/** What Lockport has one way for, and what this machine decides. */
export const FACTS: { readonly [fact in FactDemand['fact']]: Fact } = {
  'no-anonymous': {
    expected: 'no login without an account of its own',
    look: () => ({ found: 'there is no anonymous login', isMet: true }),
  },
  'password-hash': {
    expected: 'passwords stored as salted, slow hashes',
    look: () => ({ found: 'scrypt', isMet: true }),
  },
  'signed-audit': {
    expected: 'records that nobody alters unnoticed',
    look: ({ audit }) => ({
      found: audit.enabled ? 'a chain of hashes with signed heads (Ed25519)' : 'no records',
      isMet: audit.enabled,
    }),
  },
  'fips-provider': {
    expected: 'a validated FIPS provider of OpenSSL',
    look: () => ({
      found: `OpenSSL ${process.versions.openssl}, FIPS provider ${getFips() === 1 ? 'on' : 'off'}`,
      isMet: getFips() === 1,
    }),
  },
};
