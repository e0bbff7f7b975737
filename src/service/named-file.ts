import { readFile } from 'node:fs/promises';
import { StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

/** The text of a file that the configuration names. @param named who names it, as a sentence goes on @throws StartError */
export async function readNamedFile(file: string, named: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StartError(`${file}: can't be read (${systemCode(cause) ?? String(cause)}), and ${named}`, { cause });
  });
}
