import { Command } from 'commander';
import { namesEntry } from '../../../core/index.ts';
import { forEach } from '../../remote/each.ts';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { UsageError } from '../../usage-error.ts';

/** `lockport rmdir` */
export function rmdir(make: MakeVerb = remoteVerb): Command {
  const command = new Command('rmdir')
    .description('remove empty directories; "rm -r" removes others')
    .argument('<url...>');
  return make(command, {}, async (run, urls: readonly string[]) => {
    const items = run.locations(urls).map((location) => ({ location, name: location.path }));
    if (items.some(({ location }) => !namesEntry(location.written)))
      throw new UsageError('No directory is named that could be removed');
    await forEach(run, items, async ({ location }) => {
      const client = await run.client(location);
      await client.removeDirectory(location.path, { signal: run.signal });
      await run.output.result({ removed: client.resolve(location.path) });
    });
  });
}
