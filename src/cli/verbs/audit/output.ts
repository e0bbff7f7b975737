import { once } from 'node:events';
import process from 'node:process';
import { Ended } from '../../ended.ts';

/** Writes to standard output, no faster than it is read. @throws Ended where nobody reads any more */
export async function write(text: string): Promise<void> {
  if (process.stdout.destroyed || process.stdout.errored) throw new Ended('outputClosed');
  if (process.stdout.write(text)) return;
  await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch((error) => {
    throw new Ended('outputClosed', error);
  });
}
