import { ROOT, type TlsFacts, type VirtualPath } from '../../core/index.ts';
import type { ClientSettings } from '../settings.ts';
import { remotePath } from './remote-path.ts';
import type { SessionFacts } from './session.ts';
import type { SshServerFacts } from './ssh-server-facts.ts';

/** What is known of the server since the login. */
export interface ServerFacts {
  readonly host: string;
  readonly port: number;
  readonly greeting: string;
  /** FEAT: names in upper case, with their parameters. Of SFTP: the extensions, with their versions. */
  readonly features: ReadonlyMap<string, string>;
  /** Of the first control connection; undefined in clear, and in SSH. */
  readonly tls: TlsFacts | undefined;
  /** Of SFTP. */
  readonly ssh: SshServerFacts | undefined;
}

export function serverFacts(
  { greeting, features, tls, ssh }: SessionFacts,
  { host, port }: ClientSettings,
): ServerFacts {
  return { host, port, greeting, features, tls, ssh };
}

/** Where relative paths start from. A server whose paths are none of ours (VMS, MVS) is taken for one with a root. */
export function homeOf({ directory }: Pick<SessionFacts, 'directory'>, settings: ClientSettings): VirtualPath {
  const base = directory.startsWith('/') ? remotePath(ROOT, directory, 'protocol') : ROOT;
  return remotePath(base, settings.directory);
}
