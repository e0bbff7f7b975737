import { Command } from 'commander';
import { matchesOf } from '../../remote/matches.ts';
import { remoteVerb } from '../../remote/remote-run.ts';
import { standardOutputSink } from '../../remote/standard-output.ts';

/** `lockport cat` */
export function cat(): Command {
  const command = new Command('cat')
    .description('write files to standard output, one after the other')
    .argument('<url...>', 'files, or a pattern as the last name');
  return remoteVerb(command, {}, async (run, urls: readonly string[]) => {
    for (const place of run.places(urls)) {
      const client = await run.client(place);
      for (const path of await matchesOf(run, client, place.path)) {
        await client.download(path, standardOutputSink(), { signal: run.signal });
      }
    }
  });
}
