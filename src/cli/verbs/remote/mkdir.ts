import { Command } from 'commander';
import { forEach } from '../../remote/each.ts';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';

/** `lockport mkdir` */
export function mkdir(make: MakeVerb = remoteVerb): Command {
  const command = new Command('mkdir')
    .description('create directories')
    .argument('<url...>')
    .option('-p, --parents', 'also those above; it may be there already');
  return make(command, {}, async (run, urls: readonly string[]) => {
    const recursive = command.opts().parents === true;
    const items = run.locations(urls).map((location) => ({ location, name: location.path }));
    await forEach(run, items, async ({ location }) => {
      const client = await run.client(location);
      await client.makeDirectory(location.path, { signal: run.signal, recursive });
      await run.output.result({ made: client.resolve(location.path) });
    });
  });
}
