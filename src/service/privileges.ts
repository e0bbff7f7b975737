import { execFile } from 'node:child_process';
import { closeSync, existsSync, lchownSync, openSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { auditPaths } from '../operations/index.ts';
import { CertificateError } from './certificate/index.ts';
import { operatorFiles } from './certificates-in-use.ts';
import { type Configuration, ConfigurationError } from './configuration/index.ts';
import { pathsIn } from './data-directory.ts';
import { StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

/** A user of this machine, with the group that its processes have. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A setting that names a user or a group of this machine. */
type NamingKey = 'runAs.user' | 'runAs.group' | 'files.group' | 'command.user';

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** Whom `runAs` names; undefined where it names nobody. @throws ConfigurationError where there is no such user or group; StartError */
export async function findRunAs({ user, group }: Configuration['runAs']): Promise<SystemUser | undefined> {
  if (user === undefined) return undefined;
  if (!isRoot()) throw new StartError(`Only root can become the user ${user}: start as root, or take runAs away`);
  // `id` asks whatever this machine keeps its users in, and not only /etc/passwd.
  const [uid, gid] = [
    await idOf('-u', user),
    group === undefined ? await idOf('-g', user) : groupId('runAs.group', group),
  ];
  return { name: user, uid, gid };
}

/**
 * Looks for the user of `runAs`; as root for its group too, and whether it may read what the server reads at each reload.
 * @throws ConfigurationError where there is none; CertificateError where it may not
 */
export async function checkRunAs(configuration: Configuration): Promise<void> {
  const { runAs } = configuration;
  if (isRoot()) checkReadable(operatorFiles(configuration), await findRunAs(runAs));
  else if (runAs.user !== undefined) await idOf('-u', runAs.user);
}

/** Only root can tell. @throws CertificateError that names the file */
export function checkReadable(files: readonly string[], user: SystemUser | undefined): void {
  if (!user) return;
  const closed = asUser(user, () => files.find(isClosed));
  if (closed === undefined) return;
  throw new CertificateError(
    `${closed}: the user ${user.name} (runAs) may not read it, and has to at each reload: make it, and the way to it, readable for that user`,
  );
}

/** Gives the data directory, and what the server itself keeps in it, to the user; no files of accounts. */
export function giveAway(dataDir: string, { uid, gid }: SystemUser): void {
  const { tls, audit, rules } = pathsIn(dataDir);
  const { inbox } = auditPaths(audit);
  // Where the operator has certificates of his own, there is no directory of one that is made here.
  for (const directory of [dataDir, tls, audit, inbox, rules].filter((each) => existsSync(each))) {
    const entries = readdirSync(directory, { withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() || entry.isSocket())
      .map((entry) => path.join(directory, entry.name));
    for (const file of [directory, ...files]) lchownSync(file, uid, gid);
  }
}

/** Becomes the user for good, with no further groups than those named. @throws StartError where the system does not let it */
export function become({ name, uid, gid }: SystemUser, groups: readonly number[]): void {
  process.setgroups?.([gid, ...groups]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.geteuid?.() !== uid) throw new StartError(`Can't become the user ${name}`);
}

/** The user of a rule's command, with its own group. @throws ConfigurationError where there is none */
export async function findCommandUser(name: string): Promise<SystemUser> {
  const [uid, gid] = [await idOf('-u', name, 'command.user'), await idOf('-g', name, 'command.user')];
  return { name, uid, gid };
}

/** The numbers of all groups that the user is a member of. @throws ConfigurationError where there is no such user */
export async function groupsOf(user: string): Promise<readonly number[]> {
  return (await idSays('-G', user)).trim().split(/\s+/).map(Number);
}

/**
 * The system looks names up for its own calls only; so the process takes the group for a moment, and looks.
 * @throws ConfigurationError where there is no such group; `EPERM` where there is, and the process may not take it
 */
export function groupId(key: 'runAs.group' | 'files.group', group: string): number {
  const before = process.getegid?.() ?? 0;
  try {
    process.setegid?.(group);
    return process.getegid?.() ?? 0;
  } catch (error) {
    throw systemCode(error) === 'EPERM' ? error : unknown(key, group, error);
  } finally {
    process.setegid?.(before);
  }
}

/** Does the work with no more rights than the user has, and is root again afterwards. The work must not wait. */
export function asUser<Result>(
  { uid, gid }: SystemUser,
  work: () => Result,
  furtherGroups: readonly number[] = [],
): Result {
  const [groups, group] = [process.getgroups?.() ?? [], process.getegid?.() ?? 0];
  process.setgroups?.([gid, ...furtherGroups]);
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(group);
    process.setgroups?.(groups);
  }
}

/** By opening it: `access` asks for the real user, which is still root. */
function isClosed(file: string): boolean {
  try {
    closeSync(openSync(file, 'r'));
    return false;
  } catch (error) {
    return systemCode(error) === 'EACCES';
  }
}

async function idOf(flag: '-u' | '-g', user: string, key?: NamingKey): Promise<number> {
  return Number(await idSays(flag, user, key));
}

async function idSays(flag: '-u' | '-g' | '-G', user: string, key: NamingKey = 'runAs.user'): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('id', [flag, '--', user]);
    return stdout;
  } catch (error) {
    throw unknown(key, user, error);
  }
}

function unknown(key: NamingKey, name: string, cause: unknown): ConfigurationError {
  const what = key.endsWith('.user') ? 'user' : 'group';
  const message = `there is no ${what} ${name} on this machine: make it, or name another`;
  return new ConfigurationError([{ origin: { from: 'default' }, key, message }], { cause });
}
