import { existsSync, statfsSync, statSync } from 'node:fs';
import { checkDatabase, type KeptCopy, KNOWN_SCHEMA, keptCopies, schemaOf } from '../../database/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { becomeOwner } from '../existing-data.ts';

/** The copy of the database, what is written while it is brought up to date, and room to work on. */
const SLACK_BYTES = 32 * 2 ** 20;

/** What an upgrade to this Lockport would do with a data directory. */
export interface UpgradeCheck {
  /** Undefined: there is no data yet. */
  readonly found: number | undefined;
  readonly known: number;
  readonly neededBytes: number;
  readonly freeBytes: number;
  readonly copies: readonly KeptCopy[];
}

/**
 * Looks at a data directory, and changes nothing in it. Root becomes the owner of the data.
 * @throws StartError, DatabaseError where the database can't be read whole, or is of a newer Lockport
 */
export function checkUpgrade(configuration: Configuration, howToServe: string): UpgradeCheck {
  const { dataDir } = configuration;
  if (!existsSync(pathsIn(dataDir).database)) {
    return { found: undefined, known: KNOWN_SCHEMA, neededBytes: 0, freeBytes: 0, copies: [] };
  }
  const file = becomeOwner(configuration, howToServe);
  checkDatabase(file);
  const found = schemaOf(file);
  const { bavail, bsize } = statfsSync(dataDir);
  return {
    found,
    known: KNOWN_SCHEMA,
    neededBytes: found === KNOWN_SCHEMA ? 0 : 3 * statSync(file).size + SLACK_BYTES,
    freeBytes: bavail * bsize,
    copies: keptCopies(file),
  };
}
