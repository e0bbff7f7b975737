import { open } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { exportAccounts, storedAccounts } from '../../service/index.ts';
import { addPlace, withAccounts } from '../accounts.ts';
import { LocalError } from '../local-error.ts';

/** `lockport export` */
export function exportVerb(): Command {
  const command = new Command('export')
    .description('write accounts and groups as a file that "lockport apply" reads')
    .option('--output <file>', 'the file, which only its owner may read (default: standard output)')
    .option('--with-password-hashes', 'write the hashes of passwords, too: whoever has them can guess passwords');
  return addPlace(command).action(async () => {
    const { output, withPasswordHashes = false } = command.opts<Flags>();
    // Opened before root becomes the owner of the data, who may not be able to write there.
    const file = output === undefined ? undefined : await opened(path.resolve(output));
    await withAccounts(command, async (accounts) => {
      const text = exportAccounts(await storedAccounts(accounts), withPasswordHashes);
      if (!file) {
        process.stdout.write(text);
        return;
      }
      await file.truncate();
      await file.writeFile(text);
      await file.sync();
      await file.close();
    });
  });
}

interface Flags {
  readonly output?: string;
  readonly withPasswordHashes?: true;
}

async function opened(file: string) {
  try {
    const handle = await open(file, 'a', 0o600);
    await handle.chmod(0o600);
    return handle;
  } catch (cause) {
    throw new LocalError(`${file} can't be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
