import type { Gatekeeper, Limits, Publish, RecordKeeper } from '../core/index.ts';
import type { SshProfile } from '../transport/index.ts';
import type { SshTransport } from './ssh/transport.ts';

/** What sessions are told. A reload changes it for those that begin from now on. */
export interface SftpOptions {
  readonly gatekeeper: Gatekeeper;
  /** Private keys in OpenSSH's form, one for each algorithm. */
  readonly hostKeys: readonly string[];
  /** Those that will take their place. */
  readonly nextHostKeys?: readonly string[];
  readonly profile: SshProfile;
  /** Whether clients may make symbolic links. Default: false. */
  readonly symlinks?: boolean;
  readonly limits?: Partial<Limits>;
}

/** The account of a signed-in session. */
interface SignedInAccount {
  readonly account: string;
  readonly host: string | undefined;
}

/** Limits how many things run at once under each key. Gives the function that frees the slot, or undefined when all are taken. */
interface SlotLimiter {
  take(key: string, limit: number): (() => void) | undefined | Promise<(() => void) | undefined>;
}

/** What all sessions share, and a reload does not change. */
export interface SftpSurroundings {
  readonly publish: Publish;
  /** Undefined: no reply waits for its record. */
  readonly records: RecordKeeper | undefined;
  /** Learns who has signed in. */
  readonly sessions: { signIn(session: string, who: SignedInAccount): void; signOut(session: string): void };
  /** For the hashes that are computed for each account, by its name. */
  readonly digests: SlotLimiter;
}

/** The options with every default. A session keeps the settings with which it began. Immutable. */
export interface SftpSettings extends SftpSurroundings {
  readonly gatekeeper: Gatekeeper;
  readonly transport: SshTransport;
  readonly symlinks: boolean;
  readonly limits: Limits;
}
