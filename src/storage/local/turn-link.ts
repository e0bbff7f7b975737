import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readlink, symlink } from 'node:fs/promises';
import { type Directory, removeName } from './directory.ts';
import { storageError, unless } from './failures.ts';
import { turnHolder, turnName } from './names.ts';

/** Processes that ended one after the other, each while it took over from the one before. */
const MAX_DEAD = 100;
/** Where turns can't be had, joins are not made. */
const NO_TURNS = new Set(['denied', 'unsupported', 'no-space', 'over-quota']);

/** When this process began. */
let ownStart: string | undefined;

/** A turn that all processes heed. Ends when it is disposed, or with the process. */
export interface LinkedTurn extends AsyncDisposable {
  /** False where the file system has no room for it, or no symbolic links. */
  readonly isHeld: boolean;
}

/**
 * The turn, unless a process that is there has it. It is a symbolic link, which comes whole with who has it. A dead process
 * leaves its link, and no system call replaces that only while it is the same. So the next one makes a second link, by a name
 * that is made of the first one's text: of all who try one succeeds. A turn is held by its last link, while all before it
 * are as they were.
 * @param first the name of the first link
 */
export async function tryLink(directory: Directory, first: string): Promise<LinkedTurn | undefined> {
  ownStart ??= startOf(process.pid) ?? '';
  const own = turnHolder(process.pid, ownStart, randomBytes(16).toString('hex'));
  const dead: { readonly name: string; readonly holder: string }[] = [];
  for (let name = first; dead.length < MAX_DEAD; ) {
    const outcome = await makeLink(directory, name, own);
    if (outcome === 'unsupported') return { isHeld: false, [Symbol.asyncDispose]: () => Promise.resolve() };
    if (outcome === 'made') return verified(directory, dead, name);
    const holder = await holderAt(directory, name);
    if (holder === undefined || isAtWork(holder)) return undefined;
    dead.push({ name, holder });
    name = turnName(holder);
  }
  return undefined;
}

/** Whether the link at a name of ours is that of a process that is there, or of somebody unknown. */
export async function isTurnHeld(directory: Directory, linkName: string): Promise<boolean> {
  const holder = await holderAt(directory, linkName);
  return holder !== undefined && isAtWork(holder);
}

/** Whoever ends a turn removes the first link first: where another one did so meanwhile, it shows here. */
async function verified(
  directory: Directory,
  dead: readonly { readonly name: string; readonly holder: string }[],
  own: string,
): Promise<LinkedTurn | undefined> {
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
    if (NO_TURNS.has(code)) return 'unsupported';
    throw error;
  }
}

/** Undefined where nobody is. */
function holderAt(directory: Directory, name: string): Promise<string | undefined> {
  return unless(
    ['ENOENT', 'EINVAL'],
    directory.device.threads(() => readlink(directory.at(name))),
  );
}

/** Whether that process is there, and no other one that got its number. What is not understood counts as there. */
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
