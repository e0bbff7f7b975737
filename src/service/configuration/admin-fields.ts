import { z } from 'zod';
import { filePath, flag, listOf, section, text, whole } from './fields.ts';

const ADMIN_PORT = 8990;

/** The console and the API of administrators. */
export const adminField = section({
  enabled: z.boolean('true or false').default(true).describe('Serve the console and the API of administrators'),
  address: text('IP address to listen on; any but a loopback one demands admin.tls').default('127.0.0.1'),
  port: whole(
    0,
    65_535,
    `Port of 1024 or above; 0 takes any free one (default: ${ADMIN_PORT}, where it is free)`,
  ).optional(),
  hosts: listOf(
    text('Name'),
    'names',
    'Names by which browsers reach the API, in addition to localhost, the address and the names of its certificate',
  ),
  tls: section({
    certificate: filePath('Certificate, then its intermediates (PEM); with it, only HTTPS is served').optional(),
    key: filePath('Its private key (PEM)').optional(),
  }).prefault({}),
  requireTotp: flag('Let nobody sign in without a second factor (lockport admin totp)'),
  backupDirectory: filePath('Directory for backups that are asked for over the API (default: none can be)').optional(),
}).prefault({});

export type AdminSettings = z.output<typeof adminField>;

export function adminPort({ port = ADMIN_PORT }: AdminSettings): number {
  return port;
}
