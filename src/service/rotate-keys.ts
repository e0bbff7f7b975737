import { localStorage, type RewrappedFile, rewrapKeys } from '../storage/index.ts';
import type { Configuration } from './configuration/index.ts';
import { directoryOf } from './configuration/index.ts';
import { StartError } from './start-error.ts';
import { readStorageKeys } from './storage-keys.ts';

/**
 * Wraps the keys of all files of an encrypted storage by the first of its keys, also while a server runs that has the same keys.
 * @throws StartError
 */
export async function* rotateKeys({ storages }: Configuration, name: string): AsyncGenerator<RewrappedFile> {
  const configured = storages[name];
  const root = directoryOf(storages, name);
  if (configured?.kind !== 'encrypted' || root === undefined) {
    const known = Object.entries(storages).flatMap(([other, { kind }]) => (kind === 'encrypted' ? [other] : []));
    throw new StartError(
      `There is no encrypted storage ${name} in the configuration; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ') || 'none'}`,
    );
  }
  const { keys } = await readStorageKeys(name, configured);
  await using storage = await localStorage({ root });
  yield* rewrapKeys(
    storage,
    keys.map((key) => Buffer.from(key, 'base64')),
  );
}
