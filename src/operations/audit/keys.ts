import { Buffer } from 'node:buffer';
import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** A private key that signs, with what the others know of it. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
}

/** A signed statement that a key signs for a journal from now on. All but the first are signed by the key before it, too. */
export interface KeyStatement {
  readonly journal: string;
  readonly key: string;
  /** SubjectPublicKeyInfo in DER, base64. */
  readonly publicKey: string;
  readonly at: string;
  /** The key before it. */
  readonly previous?: string;
  /** By the key before it. */
  readonly previousSignature?: string;
  /** By the key itself. */
  readonly signature: string;
}

/** SHA-256 over the DER of the public key, its first 32 digits. */
export function keyId(publicKey: KeyObject): string {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' })).slice(0, 32);
}

export function signingKey(privateKey: KeyObject): SigningKey {
  return { id: keyId(createPublicKey(privateKey)), privateKey };
}

/** Ed25519 over the UTF-8 bytes of the text, base64. */
export function signed(text: string, { privateKey }: SigningKey): string {
  return sign(null, Buffer.from(text), privateKey).toString('base64');
}

export function isSigned(text: string, signature: string, publicKey: KeyObject): boolean {
  return verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}

export function publicKeyOf(base64: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), type: 'spki', format: 'der' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The first statement of a journal, or the one by which a key follows another. */
export function keyStatement(journal: string, at: string, next: SigningKey, previous?: SigningKey): KeyStatement {
  const publicKey = createPublicKey(next.privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
  const said = { journal, key: next.id, publicKey, at, ...(previous && { previous: previous.id }) };
  const text = keyText(said);
  return {
    ...said,
    ...(previous && { previousSignature: signed(text, previous) }),
    signature: signed(text, next),
  };
}

/** What a key statement signs: lines, each with its line feed. */
export function keyText({
  journal,
  previous = '-',
  key,
  publicKey,
  at,
}: Omit<KeyStatement, 'signature' | 'previousSignature'>): string {
  return ['lockport-audit-key-v1', journal, previous, key, publicKey, at, ''].join('\n');
}

/** A key of a journal, in the order in which they signed. */
export interface KnownKey {
  readonly id: string;
  readonly publicKey: KeyObject;
  readonly statement: KeyStatement;
}

/** Why statements are no line of keys that vouch for each other. */
export interface KeyFault {
  readonly key: string;
  readonly fault: string;
}

/** The keys of a journal; each has signed the statement of the next one. */
export function readKeys(statements: readonly KeyStatement[]): readonly KnownKey[] | KeyFault {
  const keys: KnownKey[] = [];
  for (const statement of statements) {
    const fault = faultOf(statement, keys.at(-1));
    if (typeof fault === 'string') return { key: statement.key, fault };
    keys.push({ id: statement.key, publicKey: fault, statement });
  }
  return keys;
}

function faultOf(statement: KeyStatement, before: KnownKey | undefined): KeyObject | string {
  const publicKey = publicKeyOf(statement.publicKey);
  if (!publicKey || keyId(publicKey) !== statement.key) return 'its public key is not the one of its name';
  const text = keyText(statement);
  if (!isSigned(text, statement.signature, publicKey)) return 'it has not signed its own statement';
  if (!before) return statement.previous === undefined ? publicKey : 'the key before it is missing';
  const { previous, previousSignature } = statement;
  if (previous !== before.id || previousSignature === undefined || !isSigned(text, previousSignature, before.publicKey))
    return `the key before it, ${before.id}, does not vouch for it`;
  if (statement.journal !== before.statement.journal) return 'it is of another journal';
  return publicKey;
}
