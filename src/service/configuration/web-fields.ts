import { z } from 'zod';
import { listOf, oneOf, section, text, whole } from './fields.ts';

/** Files in a browser. */
export const webField = section({
  enabled: z.boolean('true or false').optional().describe('Serve files to browsers (default: if web.port is given)'),
  address: text('Address to listen on (default: that of `listen`)').optional(),
  port: whole(0, 65_535, 'Port of the web; 0 takes any free one (default: 8443)').optional(),
  hosts: listOf(
    text('Name'),
    'names',
    'Names by which browsers reach it, in addition to localhost, addresses and the names of the certificates',
  ),
  plainHttp: oneOf(
    ['refuse', 'allow-passwords-in-clear'],
    'HTTP without TLS, which a loopback address alone can have: for a proxy on the same machine',
  ).default('refuse'),
}).prefault({});

export type WebFields = z.output<typeof webField>;

/** Whether files are served to browsers. */
export function isWebEnabled({ web }: { readonly web: WebFields }): boolean {
  return web.enabled ?? web.port !== undefined;
}
