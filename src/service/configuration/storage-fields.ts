import path from 'node:path';
import { z } from 'zod';
import { isStorageName } from '../../core/index.ts';
import { filePath, oneOf, section } from './fields.ts';

const NAMED = 'names of lower-case letters, digits and "-", each with its "kind"';

/** The kinds of storage; what opens each stands in `service/storages.ts`. */
const KINDS = ['local'] as const;

const storageField = section({
  kind: oneOf(KINDS, 'Where the files are: local, a directory of this machine'),
  path: filePath('Directory of the files'),
});

export type ConfiguredStorage = z.output<typeof storageField>;

/** Storages by name. */
export function storagesField(summary: string) {
  return z
    .record(z.string(), storageField, NAMED)
    .refine((storages) => Object.keys(storages).every(isStorageName), NAMED)
    .default({})
    .describe(summary);
}

export type Storages = Readonly<Record<string, ConfiguredStorage>> & { readonly default: ConfiguredStorage };

/** The storages, with the one that holds the homes: `storages.default`, or what `root` says, or `files` in the data directory. */
export function storagesOf(
  {
    root,
    storages,
  }: { readonly root?: string | undefined; readonly storages: Readonly<Record<string, ConfiguredStorage>> },
  dataDir: string,
): Storages {
  const home: ConfiguredStorage = { kind: 'local', path: root ?? path.join(dataDir, 'files') };
  return { ...storages, default: storages['default'] ?? home };
}
