import type { Client, RemoteEntry } from '../../client/index.ts';
import { baseName, parentOf } from '../../core/index.ts';
import { compileGlob, hasWildcard } from '../../protocol/index.ts';
import type { RemotePlace } from './place.ts';
import type { RemoteRun } from './remote-run.ts';

/** Far more than anyone writes. */
const MAX_WILDCARDS = 64;

/**
 * What the path of a place stands for: itself, or where its last name is a pattern (`*.csv`) the entries of its directory
 * that match it, by name. Where nothing matches it is taken for a name, as shells do.
 */
export async function matchesOf(
  run: RemoteRun,
  client: Client,
  { path, pattern: wholePattern = path }: RemotePlace,
  isWanted: (entry: RemoteEntry) => boolean = () => true,
): Promise<readonly string[]> {
  const whole = client.resolve(path);
  const pattern = baseName(client.resolve(wholePattern));
  if (!hasWildcard(pattern)) return [path];
  const isMatch = compileGlob(pattern, MAX_WILDCARDS);
  const found: RemoteEntry[] = [];
  for await (const entry of client.list(parentOf(whole), { signal: run.signal })) {
    if (isMatch(entry.name) && isWanted(entry)) found.push(entry);
  }
  return found.length === 0 ? [path] : found.map((entry) => entry.path).sort();
}

/** The same for a verb that works on files: a pattern does not stand for directories. */
export function filesOf(run: RemoteRun, client: Client, place: RemotePlace): Promise<readonly string[]> {
  return matchesOf(run, client, place, ({ kind }) => kind !== 'directory');
}
