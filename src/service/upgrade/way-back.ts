import path from 'node:path';
import { changedSince, checkDatabase, type KeptCopy, keptCopies, putBack, schemaOf } from '../../database/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { lockDataDirectory } from '../data-directory.ts';
import { becomeOwner } from '../existing-data.ts';
import { StartError } from '../start-error.ts';

export interface WayBack {
  /** That the older version reads now. */
  readonly copy: KeptCopy;
  /** Where the database of before lies. */
  readonly kept: string;
  /** What was given up. */
  readonly lost: readonly string[];
}

/**
 * Puts the copy that an upgrade has kept in the place of the database. Root becomes the owner of the data.
 * @param options.copy the name of the copy; default: the newest one of an older schema
 * @param options.isForced whether what was changed since is given up
 * @throws StartError where a server runs, there is no such copy, or something would be lost; DatabaseError
 */
export function goBack(
  configuration: Configuration,
  howToServe: string,
  options: { readonly copy: string | undefined; readonly isForced: boolean },
): WayBack {
  const file = becomeOwner(configuration, howToServe);
  using _held = lockDataDirectory(configuration.dataDir);
  const copy = chosen(file, options.copy);
  checkDatabase(copy.file);
  const lost = changedSince(file, copy.file);
  if (lost.length > 0 && !options.isForced) {
    const list = lost.map((each) => `  ${each}\n`).join('');
    throw new StartError(`This would be lost on the way back:\n${list}Give --force to give it up; nothing was changed`);
  }
  return { copy, kept: putBack(file, copy.file), lost };
}

function chosen(file: string, name: string | undefined): KeptCopy {
  const copies = keptCopies(file);
  const present = schemaOf(file);
  const found =
    name === undefined
      ? copies.findLast(({ schema }) => schema < present)
      : copies.find((each) => path.basename(each.file) === path.basename(name));
  if (found) return found;
  const known = copies.map((each) => path.basename(each.file)).join(', ') || 'none';
  throw new StartError(`There is no such copy of an older database beside ${file}; there are: ${known}`);
}
