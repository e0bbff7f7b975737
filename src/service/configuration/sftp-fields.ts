import { z } from 'zod';
import { HOST_KEY_KINDS, SSH_PROFILES } from '../../sftp/index.ts';
import { oneOf, section, text, whole } from './fields.ts';

/** SFTP, beside FTP. */
export const sftpField = section({
  enabled: z.boolean('true or false').optional().describe('Serve SFTP (default: if sftp.port is given)'),
  address: text('Address to listen on (default: that of `listen`)').optional(),
  port: whole(0, 65_535, 'Port of SFTP; 0 takes any free one (default: 2022)').optional(),
  profile: oneOf(
    SSH_PROFILES,
    'Algorithms of SSH. modern: Curve25519, Ed25519, AES-GCM; intermediate: for clients of the last ten years; fips: NIST curves, AES',
  ).default('intermediate'),
  hostKeys: z
    .array(oneOf(HOST_KEY_KINDS, 'Kind of key'), 'a list of kinds of keys')
    .min(1, 'a list of kinds of keys, one at the least')
    .default(['ed25519', 'ecdsa'])
    .describe('Kinds of host keys; those that there are not yet are made at the start'),
}).prefault({});

export type SftpFields = z.output<typeof sftpField>;

/** Whether SFTP is served. */
export function isSftpEnabled({ sftp }: { readonly sftp: SftpFields }): boolean {
  return sftp.enabled ?? sftp.port !== undefined;
}
