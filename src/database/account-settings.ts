import { z } from 'zod';
import { type AccountSettings, RIGHTS, ROOT, resolvePath, SESSION_REUSE_RULES } from '../core/index.ts';

/** Reads the JSON document of a row: all of an account but its name. @throws Error that says what is wrong where. */
export function readSettings(text: string): AccountSettings {
  const read = SETTINGS.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(z.prettifyError(read.error));
  return read.data;
}

/** The JSON text for a row. What could not be read again is refused here. @throws Error as `readSettings` */
export function writeSettings(settings: AccountSettings): string {
  const text = JSON.stringify(settings);
  readSettings(text);
  return text;
}

const path = z.string().transform((text, context) => {
  try {
    return resolvePath(ROOT, text);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : 'Not a path');
    return z.NEVER;
  }
});
const count = z.int().nonnegative();
const atLeastOne = z.int().positive();
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'A SHA-256 fingerprint is 64 lower-case hexadecimal digits');

const SETTINGS = z.strictObject({
  home: path,
  rights: z.array(z.strictObject({ path, rights: z.array(z.enum(RIGHTS)) })),
  quota: z.strictObject({ bytes: count.exactOptional(), files: count.exactOptional() }),
  rate: z.strictObject({ upload: atLeastOne.exactOptional(), download: atLeastOne.exactOptional() }),
  maxSessions: atLeastOne.exactOptional(),
  allowedAddresses: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'Not an address or CIDR range')),
  expires: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .exactOptional(),
  disabled: z.boolean(),
  certificate: z.strictObject({
    use: z.enum(['none', 'with-password', 'instead-of-password']),
    fingerprints: z.array(fingerprint),
  }),
  sessionReuse: z.enum(SESSION_REUSE_RULES).exactOptional(),
  endOfStream: z.enum(['strict', 'lenient']).exactOptional(),
});
