import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A prefix by which scanners of source code find one that was published. */
const PREFIX = 'lockport';
const FORM = /^lockport_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** A new API token: the text is shown once, and only the hash is kept. */
export interface NewAdminToken {
  readonly id: string;
  readonly text: string;
  readonly secretHash: string;
}

/** The secret has 256 random bits: a plain hash of it can't be reversed, and costs no time at each request. */
export function newAdminToken(): NewAdminToken {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, text: `${PREFIX}_${id}_${secret}`, secretHash: hashOf(secret) };
}

/** The parts of a token; undefined where a text is none. */
export function parseAdminToken(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

export function isSecretOf(secret: string, secretHash: string): boolean {
  const given = Buffer.from(hashOf(secret));
  const kept = Buffer.from(secretHash);
  return given.length === kept.length && timingSafeEqual(given, kept);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
