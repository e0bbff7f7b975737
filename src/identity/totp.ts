import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** RFC 6238 section 4.1. */
const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 4226 section 4, R6: 160 bits are recommended. */
const SECRET_BYTES = 20;
/** RFC 6238 section 5.2: at most one step of delay is allowed, each way, as clocks differ. */
const WINDOW_STEPS = 1;
/** RFC 4648 section 6. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret for an authenticator, in base32. */
export function newTotpSecret(): string {
  return Array.from(randomBytes((SECRET_BYTES * 8) / 5), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}

/**
 * The step whose code was given, where that is a step around now and after the last one that was used; else undefined. Whoever
 * notes the step of each code that was taken refuses each code the second time (RFC 6238 section 5.2).
 */
export function totpStepOf(code: string, secret: string, usedStep = 0, now = Date.now()): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const present = Math.floor(now / STEP_MS);
  const steps = Array.from({ length: 2 * WINDOW_STEPS + 1 }, (_, index) => present - WINDOW_STEPS + index);
  // All are compared, so that time does not tell which one it was.
  const found = steps.filter((step) => timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code)));
  return found.find((step) => step > usedStep);
}

/** The code of one step: HOTP (RFC 4226 section 5.3) with HMAC-SHA-1, which all authenticators know. */
export function totpCode(secret: string, step = Math.floor(Date.now() / STEP_MS)): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0');
}

/** What an authenticator reads, often as a QR code. https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function totpUri(secret: string, name: string, issuer: string): string {
  const label = [issuer, name].map(encodeURIComponent).join(':');
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}

function bytesOf(secret: string): Buffer {
  let [bits, value] = [0, 0];
  const bytes: number[] = [];
  for (const letter of secret) {
    value = ((value << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
