import { ROOT, resolvePath, type TlsFacts, type VirtualPath } from '../core/index.ts';
import type { Settings } from './settings.ts';
import type { SignedIn } from './sign-in.ts';

/** What is known of the server since the login. */
export class ServerFacts {
  readonly greeting: string;
  /** FEAT: names in upper case, with their parameters. */
  readonly features: ReadonlyMap<string, string>;
  readonly host: string;
  readonly port: number;
  /** Of the first control connection; undefined in clear. */
  readonly tls: TlsFacts | undefined;

  /** @internal */
  constructor({ greeting, features, connection }: SignedIn, { host, port }: Settings) {
    this.greeting = greeting;
    this.features = features;
    this.host = host;
    this.port = port;
    this.tls = connection.tlsFacts;
  }
}

/** Where relative paths start from. A server whose paths are no paths of ours (VMS, MVS) is taken for one with a root. */
export function homeOf({ directory }: SignedIn, settings: Settings): VirtualPath {
  return resolvePath(directory.startsWith('/') ? resolvePath(ROOT, directory) : ROOT, settings.directory);
}
