import type { Ability } from '../core/index.ts';
import type { SessionSettings } from './settings.ts';
import type { TransferParameters } from './transfer-parameters.ts';

/** What a user may have begun and not finished. A command forgets it, unless its row lists it in `keeps`. */
export type Pending = 'rename' | 'restart' | 'range';

/** The facts of one verb. HELP, FEAT, the gates of dispatch and docs/protocol.md derive from them. */
export interface CommandFacts {
  readonly verb: string;
  /** Other verbs with the same meaning, such as the X-forms of RFC 775. */
  readonly aliases?: readonly string[];
  /** Where the command is defined. */
  readonly rfc: string;
  /** The verb and its arguments, as HELP shows them. */
  readonly usage: string;
  readonly summary: string;
  /** It carries a name or a password, so it is refused in clear unless the configuration allows that. */
  readonly carriesLogin?: true;
  /** Its argument, or one for which this holds, never reaches a log. */
  readonly secret?: true | ((argument: string) => boolean);
  /** It opens a data connection, so the protection level is checked before it runs. */
  readonly opensData?: true;
  /**
   * What happens to it while another command runs: it is `answered` at once, or it `aborts` the running command and runs
   * next. Absent: it waits until the running command and those before it have ended.
   */
  readonly concurrency?: 'answered' | 'aborts';
  readonly keeps?: readonly Pending[];
  /** The ability that the user's files need for it. */
  readonly needs?: Ability;
  /** The option of the server without which what this argument asks for is turned off (502). */
  optionFor?(argument: string): string | undefined;
  /** Lines of the FEAT reply that exist because of this command (RFC 2389 section 3). */
  features?(session: FeatureContext): readonly string[];
}

/** What the feature lines of a command may depend on: see `Session`. */
export interface FeatureContext {
  readonly settings: SessionSettings;
  readonly parameters: TransferParameters;
  can(ability: Ability): boolean;
}
