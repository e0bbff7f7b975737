import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;
const NOBODY_ASKED = -1;

/**
 * Keeps what Node compiles from now on for the next start, which takes half as long then. In a directory of the user's own:
 * Node believes what lies there, and its default lies in the common /tmp. Where nobody else is kept out, nothing is kept.
 */
export function keepCompiledCode(): void {
  if (process.env['NODE_DISABLE_COMPILE_CACHE'] || module.getCompileCacheDir?.() !== undefined) return;
  const directory = privateDirectory(path.join(caches(), 'lockport', 'compiled'));
  // Missing before Node 22.1, which the core refuses in words.
  if (directory !== undefined) module.enableCompileCache?.(directory);
}

function caches(): string {
  const given = process.env['XDG_CACHE_HOME'];
  if (given && path.isAbsolute(given)) return given;
  return path.join(process.env['HOME'] || homedir(), '.cache');
}

/**
 * The directory, made where it is missing, without symbolic links in its path. Undefined where it can't be made, and where
 * another user could change what lies in it: root may have the home of somebody else.
 */
export function privateDirectory(directory: string): string | undefined {
  // Windows keeps others out of a home by other means.
  const user = process.geteuid?.() ?? NOBODY_ASKED;
  try {
    // Asked before too: nothing is made in the home of somebody else.
    if (!keepsOthersOut(nearest(directory), user)) return undefined;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const real = realpathSync(directory);
    const { uid, mode } = statSync(real);
    const isOwn = user === NOBODY_ASKED || (uid === user && (mode & OTHERS_MAY_WRITE) === 0);
    return isOwn && keepsOthersOut(real, user) ? real : undefined;
  } catch {
    return undefined;
  }
}

/** Whether nobody but the user and root can put another directory in the place of this one, or of one above it. */
function keepsOthersOut(real: string, user: number): boolean {
  if (user === NOBODY_ASKED) return true;
  const { uid, mode } = statSync(real);
  const isHeld = (uid === user || uid === 0) && ((mode & OTHERS_MAY_WRITE) === 0 || (mode & STICKY) !== 0);
  const parent = path.dirname(real);
  return isHeld && (parent === real || keepsOthersOut(parent, user));
}

/** What of the path is there already, without symbolic links. */
function nearest(directory: string): string {
  return existsSync(directory) ? realpathSync(directory) : nearest(path.dirname(directory));
}
