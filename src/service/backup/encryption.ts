import type { Decrypter, Encrypter } from 'age-encryption';
import { BackupError } from './backup-error.ts';

/** Shorter ones are found by trying. */
const MIN_PASSPHRASE = 12;

/** What closes a backup: a passphrase, or the public keys of those who may open it (`age1...`). */
export type BackupLock = { readonly passphrase: string } | { readonly recipients: readonly string[] };
/** What opens it: the passphrase, or a secret key (`AGE-SECRET-KEY-1...`). */
export type BackupKey = { readonly passphrase: string } | { readonly identity: string };

/** Encrypts in the format of age, which other programs read, too. @throws BackupError where the lock is none */
export async function encrypted(
  plain: ReadableStream<Uint8Array>,
  lock: BackupLock,
): Promise<ReadableStream<Uint8Array>> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  if ('passphrase' in lock) {
    if (lock.passphrase.length < MIN_PASSPHRASE) {
      throw new BackupError(`The passphrase of a backup needs ${MIN_PASSPHRASE} characters or more`);
    }
    encrypter.setPassphrase(lock.passphrase);
  } else {
    for (const recipient of lock.recipients) addRecipient(encrypter, recipient);
  }
  return encrypter.encrypt(plain);
}

/** @throws BackupError where the key does not open it; the stream fails where it was altered or cut */
export async function decrypted(
  backup: ReadableStream<Uint8Array>,
  key: BackupKey,
): Promise<ReadableStream<Uint8Array>> {
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  if ('passphrase' in key) decrypter.addPassphrase(key.passphrase);
  else addIdentity(decrypter, key.identity);
  try {
    return await decrypter.decrypt(backup);
  } catch (cause) {
    throw new BackupError('The backup does not open: its passphrase or key is another one, or the file is no backup', {
      cause,
    });
  }
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch (cause) {
    throw new BackupError(`${recipient} is no public key of age, such as "age-keygen" makes`, { cause });
  }
}

function addIdentity(decrypter: Decrypter, identity: string): void {
  try {
    decrypter.addIdentity(identity);
  } catch (cause) {
    throw new BackupError('The key is no secret key of age (AGE-SECRET-KEY-1...)', { cause });
  }
}
