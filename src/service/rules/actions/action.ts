import type { Files } from '../../../core/index.ts';
import type { EventFile, RuleEvent } from '../../../operations/index.ts';

/** What an action is given beside the event. */
export interface Surroundings {
  readonly signal: AbortSignal;
  /** The file of the event, where it is now; undefined where the record does not tell which one it was. */
  readonly file: EventFile | undefined;
  /** The files of the account of the event. @throws ActionError where they can't be had */
  readonly openFiles: () => Promise<Files>;
}

/** Opens the files of the account of an event, for a rule. @throws ActionError */
export type OpenRuleFiles = (event: RuleEvent, rule: string) => Promise<Files>;

/** What came of an action. */
export interface Performed {
  /** For operators. */
  readonly detail: string;
  /** Where the file is for the actions behind this one. Absent: where it was. */
  readonly file?: EventFile;
  /** The file is gone or another one: there is nothing left to do for the event. */
  readonly isOver?: boolean;
}

/** What a rule does with an event. */
export interface Action {
  /** The word of the configuration. */
  readonly kind: string;
  /** @throws ActionError, or whatever else failed; both are tried again unless the error is final */
  perform(event: RuleEvent, surroundings: Surroundings): Promise<Performed>;
}

/** An action failed in a way that says how to go on. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code = 'action';
  /** Trying again is of no use. */
  readonly isFinal: boolean;
  /** The receiver asks for this pause. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    {
      isFinal = false,
      retryAfterMs,
      ...options
    }: ErrorOptions & { readonly isFinal?: boolean; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super(message, options);
    this.isFinal = isFinal;
    this.retryAfterMs = retryAfterMs;
  }
}
