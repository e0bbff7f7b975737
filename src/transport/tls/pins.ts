import { pinPrefix, type ServerCertificate } from './server-certificate.ts';
import { TlsSettingsError } from './tls-settings.ts';

/** Certificates, and keys, that are trusted by themselves. */
export interface Pins {
  /** Whether there are none, so that somebody else has to judge. */
  readonly isEmpty: boolean;
  has(certificate: ServerCertificate): boolean;
}

/**
 * @param given `sha256//` with the base64 SHA-256 of a public key (curl's form), or the SHA-256 fingerprint of a
 * certificate in hexadecimal, with colons or without
 * @throws TlsSettingsError `bad-pin`
 */
export function readPins(given: readonly string[] = []): Pins {
  const pins = new Set(given.map(canonical));
  return {
    isEmpty: pins.size === 0,
    has: ({ pin, fingerprint }) => pins.has(pin) || pins.has(fingerprint),
  };
}

function canonical(text: string): string {
  const pin = text.trim();
  if (pin.startsWith(pinPrefix)) {
    const digest = Buffer.from(pin.slice(pinPrefix.length), 'base64');
    if (pin === `${pinPrefix}${digest.toString('base64')}` && digest.length === 32) return pin;
  }
  const hexadecimal = pin.replaceAll(':', '').toUpperCase();
  const bytes = /^[0-9A-F]{64}$/.test(hexadecimal) ? hexadecimal.match(/../g) : undefined;
  if (bytes) return bytes.join(':');
  throw new TlsSettingsError(
    'bad-pin',
    'A pin is sha256// with a base64 SHA-256, or a SHA-256 fingerprint in hexadecimal',
  );
}
