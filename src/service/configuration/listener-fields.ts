import { z } from 'zod';
import { SESSION_REUSE_RULES } from '../../core/index.ts';
import { accountName, network, oneOf, portRange, section, text, whole } from './fields.ts';

/*
 * What a listener may have of its own and the server has for all of them. None has a default here, so that a listener
 * that says nothing takes what the server says.
 */

export const passiveFields = {
  ports: portRange('Ports of passive data connections (default: any free one from 49152 on)').optional(),
  address: text('Address or name that clients reach passive ports at, where NAT stands between').optional(),
  networks: z
    .array(
      section({
        clients: network('The clients: an address or a range'),
        address: text(
          'Address or name that they reach passive ports at (default: the one that they connected to)',
        ).optional(),
      }),
      'a list of networks, each with "clients"',
    )
    .optional()
    .describe('Networks whose clients reach passive ports elsewhere than at `address`; the first that fits counts'),
};

export const plainFtpFields = {
  login: oneOf(['refuse', 'allow-passwords-in-clear'], 'Signing in without TLS'),
  data: oneOf(['refuse', 'allow-files-in-clear'], 'Data connections without TLS'),
};

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

export const tlsVersionFields = {
  profile: oneOf(
    ['modern', 'intermediate', 'fips'],
    'modern: TLS 1.3 only; intermediate: TLS 1.2 too; fips: as intermediate, with ciphers and groups of NIST SP 800-52r2 alone',
  ),
  minVersion: oneOf(VERSIONS, 'Oldest version of TLS (default: that of the profile)').optional(),
  maxVersion: oneOf(VERSIONS, 'Newest version of TLS (default: TLSv1.3)').optional(),
};

export const sessionReuseField = oneOf(
  SESSION_REUSE_RULES,
  'Which TLS session a data connection must resume. strict: its own control connection’s; require: that of an open control connection of the same account from the same address; prefer, off: none',
);

/** One entry of `listeners`. */
export const listenerField = section({
  mode: oneOf(['explicit', 'implicit'], 'explicit: secured by AUTH TLS; implicit: TLS from the first byte'),
  address: text('Address to listen on (default: that of `listen`)').optional(),
  port: whole(0, 65_535, 'Port; 0 takes any free one (default: 21 or 990, 2121 or 2990 without privilege)').optional(),
  tls: section({ ...tlsVersionFields, profile: tlsVersionFields.profile.optional() }).optional(),
  plainFtp: section({ login: plainFtpFields.login.optional(), data: plainFtpFields.data.optional() }).optional(),
  sessionReuse: sessionReuseField.optional(),
  accounts: z
    .array(accountName('Account'), 'a list of names of accounts')
    .min(1, 'a list of names of accounts, one at the least')
    .optional()
    .describe('The accounts that may sign in here (default: all)'),
  passive: section(passiveFields).optional(),
});
