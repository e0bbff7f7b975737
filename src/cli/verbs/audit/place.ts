import type { Command } from 'commander';
import { auditDirectory } from '../../../service/index.ts';
import { addSettings, loadWithFlags } from '../../settings-flags.ts';

const SETTINGS = ['dataDir'];

/** The flags that say which audit trail is meant. */
export function addTrail(command: Command): Command {
  return addSettings(command, SETTINGS).option('--dir <directory>', 'the directory of an audit trail, or of a copy');
}

/** The directory that the flags of the command name. */
export async function trailOf(command: Command): Promise<string> {
  const { dir } = command.opts<{ readonly dir?: string }>();
  if (dir !== undefined) return dir;
  return auditDirectory((await loadWithFlags(command, SETTINGS)).configuration);
}
