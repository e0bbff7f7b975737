import { Command, Option } from 'commander';
import type { DigestAlgorithm } from '../../../core/index.ts';
import { forEach } from '../../remote/each.ts';
import { IncompleteListings } from '../../remote/incomplete.ts';
import { filesOf } from '../../remote/matches.ts';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';

const ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32'];

/** `lockport hash` */
export function hash(make: MakeVerb = remoteVerb): Command {
  const command = new Command('hash')
    .description('print checksums that the server computes, as sha256sum does')
    .argument('<url...>', 'files, or a pattern as the last name')
    .addOption(new Option('--algorithm <name>', 'which one').choices(ALGORITHMS).default('SHA-256'));
  return make(command, {}, async (run, urls: readonly string[]) => {
    const { algorithm } = command.opts<{ readonly algorithm: DigestAlgorithm }>();
    const locations = run.locations(urls);
    const incomplete = new IncompleteListings();
    const items = locations.map((location) => ({ location, name: location.path }));
    await forEach(run, items, async ({ location }) => {
      const client = await run.client(location);
      for (const name of await filesOf(run, client, location, incomplete)) {
        const digest = Buffer.from(await client.digest(name, algorithm, { signal: run.signal })).toString('hex');
        const path = client.resolve(name);
        await run.output.result({ path, algorithm, digest }, `${digest}  ${path}`);
      }
    });
    await incomplete.end(run);
  });
}
