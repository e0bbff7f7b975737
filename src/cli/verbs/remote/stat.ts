import { Command } from 'commander';
import type { RemoteEntry } from '../../../client/index.ts';
import { modeText, timeText } from '../../remote/entry-text.ts';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { formatTable } from '../../table.ts';

/** `lockport stat` */
export function stat(make: MakeVerb = remoteVerb): Command {
  const command = new Command('stat')
    .description('print everything that the server reports about a file or directory')
    .argument('<url>');
  return make(command, {}, async (run, url: string) => {
    const location = run.location(url);
    const client = await run.client(location);
    const entry = await client.stat(location.path === '' ? '.' : location.path, { signal: run.signal });
    await run.output.result(entry, ...formatTable(factsOf(entry)).trimEnd().split('\n'));
  });
}

/** Only what the server tells. */
function factsOf(entry: RemoteEntry): string[][] {
  const { path, kind, size, modified, modifiedPrecision, created, mode, owner, group, unique, target, permissions } =
    entry;
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ['path', path],
    ['kind', kind],
    ['size', size?.toString()],
    ['modified', modified && `${timeText(modified, modifiedPrecision).trim()} UTC`],
    ['created', created && `${timeText(created)} UTC`],
    ['mode', mode === undefined ? undefined : `${modeText(entry)} (${mode.toString(8).padStart(4, '0')})`],
    ['owner', owner],
    ['group', group],
    ['points to', target],
    ['may be', permissions],
    ['unique', unique],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}
