/**
 * `good`: as it should be. `note`: worth knowing, harmless. `warning`: some clients, or some security, will suffer.
 * `bad`: transfers fail, are unsafe, or lose data. `skipped`: could not be looked at.
 */
export type Verdict = 'good' | 'note' | 'warning' | 'bad' | 'skipped';

/** What one look at the server showed; good to print as JSON. */
export interface Finding {
  /** Which check: a word that stays as it is. */
  readonly check: string;
  readonly verdict: Verdict;
  /** One sentence for people. */
  readonly message: string;
  /** What whoever runs the server, or the client, can do about it. */
  readonly advice?: string;
  readonly facts?: { readonly [name: string]: string | number | boolean | readonly string[] };
}
