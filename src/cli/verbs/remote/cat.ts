import { Command } from 'commander';
import { IncompleteListings } from '../../remote/incomplete.ts';
import { filesOf } from '../../remote/matches.ts';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { standardOutputSink } from '../../remote/standard-output.ts';

/** `lockport cat` */
export function cat(make: MakeVerb = remoteVerb): Command {
  const command = new Command('cat')
    .description('write files to standard output, one after the other')
    .argument('<url...>', 'files, or a pattern as the last name');
  return make(command, {}, async (run, urls: readonly string[]) => {
    const incomplete = new IncompleteListings();
    for (const location of run.locations(urls)) {
      const client = await run.client(location);
      for (const path of await filesOf(run, client, location, incomplete)) {
        await client.download(path, standardOutputSink(), { signal: run.signal });
      }
    }
    await incomplete.end(run);
  });
}
