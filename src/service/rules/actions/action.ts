import type { RuleEvent } from '../../../operations/index.ts';

/** What a rule does with an event. */
export interface Action {
  /** The word of the configuration. */
  readonly kind: string;
  /** Says what came of it. @throws ActionError, or whatever else failed; both are tried again unless the error is final */
  perform(event: RuleEvent, signal: AbortSignal): Promise<string>;
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
