import { AuditError } from './audit-error.ts';
import { type AuditPaths, readKeyStatements } from './files.ts';
import { type KnownKey, readKeys } from './keys.ts';

/** The keys of a trail, the newest last. @throws AuditError where they don't vouch for each other */
export async function knownKeys(paths: AuditPaths): Promise<readonly KnownKey[]> {
  const keys = readKeys(await readKeyStatements(paths));
  if (!('fault' in keys)) return keys;
  throw new AuditError(`The key ${keys.key} in ${paths.keys} is not to be believed: ${keys.fault}`);
}
