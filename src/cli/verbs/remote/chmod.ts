import { Command } from 'commander';
import type { Client } from '../../../client/index.ts';
import { forEach } from '../../remote/each.ts';
import { matchesOf } from '../../remote/matches.ts';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { UsageError } from '../../usage-error.ts';

/** `lockport chmod` */
export function chmod(make: MakeVerb = remoteVerb): Command {
  const command = new Command('chmod')
    .description('set permission bits, if the server supports it')
    .argument('<mode>', 'three or four octal digits, such as 640')
    .argument('<url...>', 'files or directories, or a pattern as the last name');
  return make(command, {}, async (run, digits: string, urls: readonly string[]) => {
    if (!/^[0-7]{3,4}$/.test(digits)) throw new UsageError('The mode is three or four octal digits, such as 640');
    const mode = Number.parseInt(digits, 8);
    const items: { readonly client: Client; readonly name: string }[] = [];
    for (const location of run.locations(urls)) {
      const client = await run.client(location);
      for (const name of await matchesOf(run, client, location)) items.push({ client, name });
    }
    await forEach(run, items, async ({ client, name }) => {
      await client.setMode(name, mode, { signal: run.signal });
      await run.output.result({ path: client.resolve(name), mode });
    });
  });
}
