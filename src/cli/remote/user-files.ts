import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** Files that a user keeps for the client. Absent is as good as empty. */
export interface UserFiles {
  readonly bookmarks: string;
  readonly knownServers: string;
  readonly netrc: string;
}

/** Where they are: by the XDG base directory specification, and for .netrc by custom. */
export function userFiles(environment: NodeJS.ProcessEnv = process.env): UserFiles {
  const home = environment['HOME'] || homedir();
  const given = environment['XDG_CONFIG_HOME'];
  // The specification has it: a relative path is to be ignored.
  const base = given && path.isAbsolute(given) ? given : path.join(home, '.config');
  return {
    bookmarks: path.join(base, 'lockport', 'client.yaml'),
    knownServers: path.join(base, 'lockport', 'known-servers'),
    netrc: environment['NETRC'] || path.join(home, '.netrc'),
  };
}
