import { Command } from 'commander';
import { baseName, namesEntry } from '../../../core/index.ts';
import { isDirectoryPath, isRemote, pathFrom, serverKey } from '../../remote/location.ts';
import type { MakeVerb, RemoteRun } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { UsageError } from '../../usage-error.ts';

/** `lockport mv` */
export function mv(make: MakeVerb = remoteVerb): Command {
  const command = new Command('mv')
    .description('move or rename a file or directory on its server')
    .argument('<url>')
    .argument(
      '<new path>',
      'from the directory of the login or of the bookmark unless it begins with /; one that ends with / is a directory to move into',
    );
  return make(command, {}, async (run, url: string, goal: string) => {
    const { path, newPath } = pathsOf(run, url, goal);
    const client = await run.client(run.location(url));
    const from = client.resolve(path);
    const to = client.resolve(isDirectoryPath(newPath) ? `${newPath}${baseName(from)}` : newPath);
    await client.rename(from, to, { signal: run.signal });
    await run.output.result({ from, to });
  });
}

function pathsOf(run: RemoteRun, url: string, goal: string): { readonly path: string; readonly newPath: string } {
  if (!isRemote(goal)) {
    const { path, base, written } = run.location(url);
    checkNamed(written);
    return { path, newPath: pathFrom(base, goal) };
  }
  const [from, to] = run.locations([url, goal]);
  if (!from || !to || serverKey(from) !== serverKey(to)) {
    throw new UsageError('The new path must be on the same server; "lockport sync" copies between two');
  }
  checkNamed(from.written);
  return { path: from.path, newPath: to.path };
}

/** A variable that is empty by mistake must not move all there is. */
function checkNamed(written: string): void {
  if (!namesEntry(written)) throw new UsageError('No file is named that could be moved');
}
