import { Command } from 'commander';
import { type Client, ClientError } from '../../../client/index.ts';
import { namesEntry } from '../../../core/index.ts';
import { forEach } from '../../remote/each.ts';
import { matchesOf } from '../../remote/matches.ts';
import type { MakeVerb, RemoteRun } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { UsageError } from '../../usage-error.ts';

interface RemoveFlags {
  readonly recursive?: boolean;
  readonly force?: boolean;
}

/** `lockport rm` */
export function rm(make: MakeVerb = remoteVerb): Command {
  const command = new Command('rm')
    .description('remove files without confirmation')
    .argument('<url...>', 'files, or a pattern as the last name')
    .option('-r, --recursive', 'directories too, with all that is in them; links are not followed')
    .option('-f, --force', 'what is not there is as good as removed');
  return make(command, {}, async (run, urls: readonly string[]) => {
    const flags = command.opts<RemoveFlags>();
    const items = await itemsOf(run, urls, flags);
    await forEach(run, items, async ({ client, name }) => {
      try {
        await removeOne(run, client, name, flags);
      } catch (error) {
        if (flags.force && isMissing(error)) return;
        throw error;
      }
      await run.output.result({ removed: client.resolve(name) });
    });
  });
}

interface RemovalItem {
  readonly client: Client;
  readonly name: string;
}

async function itemsOf(
  run: RemoteRun,
  urls: readonly string[],
  { force }: RemoveFlags,
): Promise<readonly RemovalItem[]> {
  const items: RemovalItem[] = [];
  for (const location of run.locations(urls)) {
    // A variable that is empty by mistake must not remove all there is.
    if (!namesEntry(location.written)) throw new UsageError('No file is named that could be removed');
    const client = await run.client(location);
    const names = await matchesOf(run, client, location, { needsEnd: true }).catch((error: unknown) => {
      if (force && isMissing(error)) return [];
      throw error;
    });
    for (const name of names) items.push({ client, name });
  }
  return items;
}

function isMissing(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'not-found';
}

async function removeOne(
  { signal }: RemoteRun,
  client: Client,
  path: string,
  { recursive }: RemoveFlags,
): Promise<void> {
  const isTree = recursive && (await client.stat(path, { signal })).kind === 'directory';
  await (isTree ? client.removeDirectory(path, { signal, recursive }) : client.remove(path, { signal }));
}
