import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** Files that a user keeps for the client. Absent is as good as empty. */
export interface UserFiles {
  readonly bookmarks: string;
  readonly knownServers: string;
  readonly netrc: string;
  /** The directory of OpenSSH. */
  readonly ssh: string;
  /** Its files of known hosts; the first one is written to. */
  readonly knownHosts: readonly string[];
  /** What was typed in shells. */
  readonly history: string;
}

/** Where they are: by the XDG base directory specification, and for .netrc by custom. */
export function userFiles(environment: NodeJS.ProcessEnv = process.env): UserFiles {
  const home = environment['HOME'] || homedir();
  const config = baseDirectory(environment['XDG_CONFIG_HOME'], path.join(home, '.config'));
  const state = baseDirectory(environment['XDG_STATE_HOME'], path.join(home, '.local', 'state'));
  return {
    bookmarks: path.join(config, 'lockport', 'client.yaml'),
    knownServers: path.join(config, 'lockport', 'known-servers'),
    netrc: environment['NETRC'] || path.join(home, '.netrc'),
    ssh: path.join(home, '.ssh'),
    knownHosts: [path.join(home, '.ssh', 'known_hosts'), '/etc/ssh/ssh_known_hosts'],
    history: path.join(state, 'lockport', 'history'),
  };
}

/** The specification has it: a relative path is to be ignored. */
function baseDirectory(given: string | undefined, usual: string): string {
  return given && path.isAbsolute(given) ? given : usual;
}
