import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AuditError, auditPaths, type Head, knownKeys, lastHead, makeNextKey } from '../../operations/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';

/** Where the audit trail of a data directory lies. */
export function auditDirectory({ dataDir }: Pick<Configuration, 'dataDir'>): string {
  return pathsIn(dataDir).audit;
}

/** The key that signs now, in PEM. @throws AuditError where there is none */
export async function publicKeyOf(directory: string): Promise<string> {
  const keys = await read(() => knownKeys(auditPaths(directory)));
  const key = keys.at(-1);
  if (!key) throw AuditError.none(directory);
  return key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

/** The newest signed head, to be kept where nobody who can write the trail can write. @throws AuditError where there is none */
export async function newestHead(directory: string): Promise<Head> {
  const head = await read(() => lastHead(auditPaths(directory)));
  if (head) return head;
  await publicKeyOf(directory);
  throw new AuditError(`No head is signed yet in ${directory}: a server signs one by itself (audit.headEveryMs)`);
}

/** A public key in PEM, of a file. @throws AuditError */
export async function readPublicKey(file: string): Promise<KeyObject> {
  const pem = await read(() => readFile(file, 'utf8'));
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below.
  }
  throw new AuditError(`${file} holds no Ed25519 public key (PEM): "lockport audit public-key" prints the server's`);
}

/**
 * Makes a key that takes over as soon as a server sees it. Gives its id.
 * @throws AuditError where there is no trail, or a key waits already
 */
export async function rotateAuditKey(directory: string): Promise<string> {
  await publicKeyOf(directory);
  const id = await read(() => makeNextKey(auditPaths(directory)));
  if (id === undefined) throw new AuditError('A new key waits already: the server takes it at its next head or start');
  return id;
}

async function read<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw AuditError.from(error);
  }
}
