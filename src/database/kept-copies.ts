import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Copies that are kept, the one of the present upgrade included. */
const MAX_COPIES = 3;
const COPY = /^\.schema-(\d+)\.(\d{8}T\d{9}Z)\.backup$/;

/** A copy that an upgrade has kept of a database as it was. */
export interface KeptCopy {
  readonly file: string;
  readonly schema: number;
  /** In UTC: `20261130T120000000Z`. */
  readonly moment: string;
}

/** Where what was kept beside a copy lies. */
export function besideCopy(copy: string): string {
  return `${copy.replace(/\.backup$/, '')}.files`;
}

/** Those of a database, the oldest first. */
export function keptCopies(database: string): readonly KeptCopy[] {
  const [directory, base] = [path.dirname(database), path.basename(database)];
  return readdirSync(directory)
    .flatMap((name): KeptCopy[] => {
      const [, schema, moment] = (name.startsWith(base) && COPY.exec(name.slice(base.length))) || [];
      return schema && moment ? [{ file: path.join(directory, name), schema: Number(schema), moment }] : [];
    })
    .toSorted((one, other) => (one.moment < other.moment ? -1 : 1));
}

/** Removes the oldest, with what was kept beside them. Nothing else in the directory is touched, whatever it is. */
export function dropOldCopies(database: string): void {
  for (const { file } of keptCopies(database).slice(0, -MAX_COPIES)) {
    rmSync(file);
    rmSync(besideCopy(file), { recursive: true, force: true });
  }
}
