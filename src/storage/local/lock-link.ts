import { readFileSync } from 'node:fs';
import { readlink, symlink } from 'node:fs/promises';
import { type Directory, removeName } from './directory.ts';
import { storageError, unless } from './failures.ts';
import { fileLockName, lockHolder, unguessable } from './names.ts';

/** How many processes may have ended one after the other, each while it took the lock over from the one before. */
const MAX_DEAD = 100;
/** Failures of file systems that allow no link. Joins are not made there. */
const NO_LINKS = new Set(['denied', 'unsupported', 'no-space', 'over-quota']);

/** When this process began. */
let ownStart: string | undefined;

/** A lock that all processes respect. Ends when it is disposed, or with the process. */
export interface LockLink extends AsyncDisposable {
  /** False where the file system has no room for it, or no symbolic links. */
  readonly isHeld: boolean;
}

/**
 * The lock, unless a running process holds it. It is a symbolic link, which the system creates together with the text that
 * names its holder. A process that dies leaves its link, and no system call replaces a link only while it is the same. So
 * the next process makes a second link, whose name is derived from the text of the first: of all who try, one succeeds. The
 * last link holds the lock, as long as all links before it are unchanged.
 * @param first the name of the first link
 */
export async function tryLink(directory: Directory, first: string): Promise<LockLink | undefined> {
  ownStart ??= startOf(process.pid) ?? '';
  const own = lockHolder(process.pid, ownStart, unguessable());
  const dead: { readonly name: string; readonly holder: string }[] = [];
  for (let name = first; dead.length < MAX_DEAD; ) {
    const outcome = await makeLink(directory, name, own);
    if (outcome === 'unsupported') return { isHeld: false, [Symbol.asyncDispose]: () => Promise.resolve() };
    if (outcome === 'made') return verified(directory, dead, name);
    const holder = await holderAt(directory, name);
    if (holder === undefined || isAtWork(holder)) return undefined;
    dead.push({ name, holder });
    name = fileLockName(holder);
  }
  return undefined;
}

/** Whether the link belongs to a running process, or to an unknown one. */
export async function isLockHeld(directory: Directory, linkName: string): Promise<boolean> {
  const holder = await holderAt(directory, linkName);
  return holder !== undefined && isAtWork(holder);
}

/** A holder that releases a lock removes the first link first, so this look finds out whether another one has released it. */
async function verified(
  directory: Directory,
  dead: readonly { readonly name: string; readonly holder: string }[],
  own: string,
): Promise<LockLink | undefined> {
  for (const { name, holder } of dead) {
    if ((await holderAt(directory, name)) === holder) continue;
    await removeName(directory, own);
    return undefined;
  }
  return {
    isHeld: true,
    async [Symbol.asyncDispose]() {
      for (const name of [...dead.map((each) => each.name), own]) await removeName(directory, name);
    },
  };
}

async function makeLink(directory: Directory, name: string, holder: string): Promise<'made' | 'taken' | 'unsupported'> {
  try {
    await directory.device.threads(() => symlink(holder, directory.at(name)));
    return 'made';
  } catch (error) {
    const { code } = storageError(error);
    if (code === 'exists') return 'taken';
    if (NO_LINKS.has(code)) return 'unsupported';
    throw error;
  }
}

/** Undefined where there is no holder. */
function holderAt(directory: Directory, name: string): Promise<string | undefined> {
  return unless(
    ['ENOENT', 'EINVAL'],
    directory.device.threads(() => readlink(directory.at(name))),
  );
}

/** Whether that process runs, and no other one that got its number. A text that is not understood counts as a running one. */
function isAtWork(holder: string): boolean {
  const [, pid, started] = /-(\d+)-(\w*)-\w+$/.exec(holder) ?? [];
  return pid === undefined || startOf(Number(pid)) === started;
}

/** Field 22 of proc_pid_stat(5); the name before it may hold anything. */
function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return isRunning(pid) ? 'running' : undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
