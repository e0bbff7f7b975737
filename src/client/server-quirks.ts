import type { VirtualPath } from '../core/index.ts';

/** What one connection found out about the server, and the next need not try again. */
export interface ServerQuirks {
  /** EPSV was refused, or its port could not be reached. */
  withoutExtendedPassive: boolean;
  /** A port that was asked for while another transfer ran was refused, or nothing was behind it. */
  withoutPassiveAhead: boolean;
  /** A download was cut whose data connection we had ended in our direction before. */
  withoutEarlyEnd: boolean;
  /** A NOOP during a transfer was not answered as it must be. */
  withoutKeepAlive: boolean;
  /** MLSD was refused. */
  withoutMachineListing: boolean;
  /** `LIST -a` was refused, or taken for a name. */
  withoutListOptions: boolean;
  /** Uploads appear when they are whole, and interrupted ones are kept. Undefined until it was asked. */
  publishesWhole: boolean | undefined;
  /** What the server can do in bundles, as its FEAT says. */
  bundles: ReadonlySet<string>;
  /** A bundle was refused. */
  withoutBundles: boolean;
  /** What sets the time of a file where MFMT is not announced. */
  timeCommand: TimeCommand | undefined;
  /** The server has said that it can't set times. */
  withoutTimes: boolean;
}

/** A command that sets the time of a file: the verb, and the argument for a time of 14 digits. */
export interface TimeCommand {
  readonly verb: string;
  readonly argument: (path: VirtualPath, time: string) => string;
}
