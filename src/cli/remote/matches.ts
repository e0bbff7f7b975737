import type { Client, RemoteEntry } from '../../client/index.ts';
import { baseName, parentOf } from '../../core/index.ts';
import { compileGlob, hasWildcard } from '../../protocol/index.ts';
import type { RemoteRun } from './remote-run.ts';

/** Far more than anyone writes. */
const MAX_WILDCARDS = 64;

/**
 * What the path stands for: itself, or where its last name is a pattern (`*.csv`) the entries of its directory that match
 * it, by name. Where nothing matches it is taken for a name, as shells do.
 */
export async function matchesOf(run: RemoteRun, client: Client, path: string): Promise<readonly string[]> {
  const whole = client.resolve(path);
  const pattern = baseName(whole);
  if (!hasWildcard(pattern)) return [path];
  const isMatch = compileGlob(pattern, MAX_WILDCARDS);
  const found: RemoteEntry[] = [];
  for await (const entry of client.list(parentOf(whole), { signal: run.signal })) {
    if (isMatch(entry.name)) found.push(entry);
  }
  return found.length === 0 ? [path] : found.map((entry) => entry.path).sort();
}
