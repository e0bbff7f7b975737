import type { Ability } from '../core/index.ts';
import type { Settings } from './settings.ts';
import type { TransferParameters } from './transfer-parameters.ts';

/** What a user may have begun and not finished. A command forgets it, unless its row lists it in `keeps`. */
export type Pending = 'rename' | 'restart' | 'range';

/** What the command table says of a verb. HELP, FEAT, the gates of dispatch and the protocol page derive from it. */
export interface CommandFacts {
  readonly verb: string;
  /** Other verbs with the same meaning, such as the X-forms of RFC 775. */
  readonly aliases?: readonly string[];
  /** Where the command is defined. */
  readonly rfc: string;
  /** The verb with its arguments, as HELP shows it. */
  readonly usage: string;
  readonly summary: string;
  /** Carries a name or a password: refused in clear unless the configuration allows it. */
  readonly carriesLogin?: true;
  /** The argument never reaches a log. */
  readonly secret?: true;
  /** Opens a data connection: the protection level is checked before it runs. */
  readonly opensData?: true;
  /**
   * When it arrives while another command runs: `answered` at once, `aborts` ends the running one and comes next.
   * Absent: it waits its turn.
   */
  readonly meanwhile?: 'answered' | 'aborts';
  readonly keeps?: readonly Pending[];
  /** What the storage must be able to do. */
  readonly needs?: Ability;
  /** Lines of the FEAT reply that exist because of this command (RFC 2389 section 3). */
  features?(session: FeatureContext): readonly string[];
}

/** What the features of a command may depend on: see `Session`. */
export interface FeatureContext {
  readonly settings: Settings;
  readonly parameters: TransferParameters;
  can(ability: Ability): boolean;
}
