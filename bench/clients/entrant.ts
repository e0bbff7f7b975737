import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MissingProgram } from '../../test/interop/tool.ts';
import type { Absence, Bench, Subject } from '../scenario.ts';
import type { FtpClient } from './client.ts';

/** A client that takes part. */
export interface Entrant extends Pick<Subject, 'name' | 'isOurs' | 'version'> {
  /** The same each time, as a user's: what a program keeps for its next start, it finds. */
  readonly home: string;
  /** Its name in names of files. */
  readonly word: string;
}

/** Who is not on this machine is absent. */
export async function entrantOf(client: FtpClient, bench: Bench): Promise<Entrant | Absence> {
  const { name, isOurs } = client;
  const version = await client.version().catch((error: unknown) => {
    if (error instanceof MissingProgram) return undefined;
    throw error;
  });
  if (version === undefined) return { name, reason: 'it is not on this machine' };
  const word = name.replaceAll(' ', '-');
  const home = join(bench.directory, `home-of-${word}`);
  await mkdir(home);
  return { name, isOurs, version, home, word };
}
