import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Configuration } from './configuration/index.ts';
import { findRunAs, groupId, groupsOf, isRoot, type SystemUser } from './privileges.ts';
import { StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

const KEY = 'files.group';

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
  } else if (!isRoot() && ![process.getegid?.(), ...(process.getgroups?.() ?? [])].includes(gid)) {
    throw mayNotGive('the user of this process', group);
  }
  return gid;
}

/**
 * Looks for the group of `files.group`; as root also whether the server may give files to it: whoever else asks need not be
 * whom the server runs as. @throws as `findFileGroup`
 */
export async function checkFileGroup({ files, runAs }: Configuration): Promise<void> {
  if (isRoot()) await findFileGroup(files.group, await findRunAs(runAs));
  else if (files.group !== undefined) await numberOf(files.group);
}

/** A number needs no name on this machine: files of the network may have groups that only others know. */
async function numberOf(group: string): Promise<number> {
  if (/^\d+$/.test(group)) return Number(group);
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
