import { z } from 'zod';
import { parseBytes } from '../quantity.ts';

const PIN = 'sha256// and 44 characters, or a SHA-256 fingerprint in hexadecimal';

/**
 * How to reach a server and what to do there, as flags and bookmarks say it. Each value carries the phrase that completes
 * "expected ...".
 */
export const remoteSettings = z
  .strictObject(
    {
      user: text('a user name'),
      ca: text('the path of a PEM file'),
      pin: z.array(
        text(PIN).regex(/^(sha256\/\/[A-Za-z0-9+/]{43}=|([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})$/, PIN),
        'a list of pins',
      ),
      cert: text('the path of a PEM file'),
      key: text('the path of a PEM file'),
      trustOnFirstUse: truth(),
      allowClear: truth(),
      active: truth(),
      sessionReuse: z.enum(['require', 'prefer', 'off'], 'require, prefer or off'),
      endOfStream: z.enum(['strict', 'lenient'], 'strict or lenient'),
      encoding: text('the name of a charset, such as windows-1252'),
      proxy: text('an address such as socks5://localhost:1080 or http://proxy.example:3128').regex(
        /^(socks5|http):\/\/./,
        'an address such as socks5://localhost:1080 or http://proxy.example:3128',
      ),
      connectTimeout: seconds(),
      stallTimeout: seconds(),
      retries: whole(0, 100),
      parallel: whole(1, 64),
      limitRate: rate(),
    },
    'settings, each as "key: value"',
  )
  .partial();

/** Settings of one server; times are in seconds, the rate is in bytes a second. */
export type RemoteSettings = z.infer<typeof remoteSettings>;

function text(expected: string) {
  return z.string(expected).min(1, expected);
}

function truth() {
  return z.boolean('true or false');
}

function whole(lowest: number, highest: number) {
  const expected = `a whole number from ${lowest} to ${highest}`;
  return numeric(expected).refine((value) => Number.isInteger(value) && value >= lowest && value <= highest, expected);
}

function seconds() {
  const expected = 'a number of seconds, from 0.1 to 86400';
  return numeric(expected).refine((value) => value >= 0.1 && value <= 86_400, expected);
}

/** A flag gives text, a file a number. */
function numeric(expected: string) {
  const digits = z.string(expected).regex(/^\d{1,9}(\.\d{1,3})?$/, expected);
  return z.union([z.number(expected), digits.transform(Number)], expected);
}

function rate() {
  const expected = 'a size such as 500kB or 10MiB';
  return z
    .union([z.number(expected), z.string(expected)], expected)
    .transform((value) => parseBytes(String(value)) ?? 0)
    .refine((bytes) => bytes > 0, expected);
}
