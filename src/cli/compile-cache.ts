import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
 * Keeps what Node compiles for the next start, which takes half as long then. In a directory of the user's own: Node's
 * default lies in the common /tmp, where others could put code in its place. Where nothing can be kept, nothing is.
 */
export function keepCompiledCode(): void {
  const given = process.env['XDG_CACHE_HOME'];
  const home = process.env['HOME'] || homedir();
  const caches = given && path.isAbsolute(given) ? given : path.join(home, '.cache');
  enableCompileCache(path.join(caches, 'lockport', 'compiled'));
}
