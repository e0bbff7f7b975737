import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Configuration } from './configuration/index.ts';
import { findRunAs, groupId, groupsOf, isRoot, type SystemUser } from './privileges.ts';
import { StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

const KEY = 'files.group';
/** As the number of a user in chown(2): who owns it stays. */
const UNCHANGED = -1;

/**
 * The number of the group that `files.group` names; undefined where it names none.
 * @param runAs whom the server becomes, where it does
 * @throws ConfigurationError where there is no such group; StartError where the server may not give files to it
 */
export async function findFileGroup(
  group: string | undefined,
  runAs: SystemUser | undefined,
): Promise<number | undefined> {
  if (group === undefined) return undefined;
  const gid = await numberOf(group);
  if (runAs) {
    const isMember = gid === runAs.gid || (await groupsOf(runAs.name)).includes(gid);
    if (!isMember) throw mayNotGive(`the user ${runAs.name} (runAs)`, group);
  } else if (!mayGive(gid)) {
    throw mayNotGive('the user of this process', group);
  }
  return gid;
}

/** The group for what a command makes beside the server; undefined where there is none, or it may not give anything to it. */
export async function fileGroupHere({ files }: Configuration): Promise<number | undefined> {
  const gid = files.group === undefined ? undefined : await numberOf(files.group);
  return gid !== undefined && mayGive(gid) ? gid : undefined;
}

/** The number of the group of `files.group`, for root. @throws ConfigurationError where there is no such group */
export function fileGroupAsRoot({ files: { group } }: Configuration): readonly number[] {
  if (group === undefined) return [];
  return [isNumber(group) ? Number(group) : groupId(KEY, group)];
}

/**
 * Looks for the group of `files.group`; as root also whether the server may give files to it: whoever else asks need not be
 * whom the server runs as. @throws as `findFileGroup`
 */
export async function checkFileGroup({ files, runAs }: Configuration): Promise<void> {
  if (isRoot()) await findFileGroup(files.group, await findRunAs(runAs));
  else if (files.group !== undefined) await numberOf(files.group);
}

/** By a directory of its own: besides membership there are capabilities that give the right, and others that take it away. */
function mayGive(gid: number): boolean {
  const directory = mkdtempSync(path.join(tmpdir(), 'lockport-group-'));
  try {
    chownSync(directory, UNCHANGED, gid);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(directory);
  }
}

function isNumber(group: string): boolean {
  return /^\d+$/.test(group);
}

/** A number needs no name on this machine: files of the network may have groups that only others know. */
async function numberOf(group: string): Promise<number> {
  if (isNumber(group)) return Number(group);
  try {
    return groupId(KEY, group);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') throw error;
  }
  // The group is there, but only root may take it to see its number.
  try {
    const { stdout } = await promisify(execFile)('getent', ['group', group]);
    return Number(stdout.split(':')[2]);
  } catch (cause) {
    throw new StartError(`${KEY}: can't find the number of the group ${group}: write the number instead`, { cause });
  }
}

function mayNotGive(who: string, group: string): StartError {
  return new StartError(
    `${KEY}: ${who} may not give files to the group ${group}: add that user to the group and start again, or take ${KEY} away`,
  );
}
