import type { ConfiguredEncryptedStorage, KeySource } from './configuration/index.ts';
import { placeOf, secretText } from './secret-text.ts';
import { StartError } from './start-error.ts';

const KEY_BYTES = 32;

/** The keys of an encrypted storage, in base64: the primary process gives them to its workers. */
export interface StorageKeys {
  readonly keys: readonly string[];
  readonly namesKey?: string;
}

/** Reads the keys of a storage. @throws StartError */
export async function readStorageKeys(
  name: string,
  { keys, namesKey }: ConfiguredEncryptedStorage,
): Promise<StorageKeys> {
  const read = [];
  for (const source of keys) read.push(await readKey(name, source));
  if (new Set(read).size < read.length) throw new StartError(`The storage ${name} has one key twice: take one away`);
  return { keys: read, ...(namesKey && { namesKey: await readKey(name, namesKey) }) };
}

async function readKey(storage: string, source: KeySource): Promise<string> {
  const where = placeOf(source);
  const key = keyIn(await secretText(source));
  if (key !== undefined) return key.toString('base64');
  throw new StartError(
    `The ${where} holds no key of ${KEY_BYTES} bytes for the storage ${storage}: "openssl rand -hex ${KEY_BYTES}" prints a new one`,
  );
}

/** The bytes of a key, from 32 of them, or from their text in hexadecimal digits or base64. */
function keyIn(bytes: Buffer): Buffer | undefined {
  if (bytes.length === KEY_BYTES) return bytes;
  const text = bytes.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
