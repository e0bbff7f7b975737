import type { Command } from 'commander';

/** Verbs that the help shows together. */
export interface VerbGroup {
  readonly title: string;
  /** By their names; each makes its own command. One that is not asked for is not loaded: most of them need much. */
  readonly verbs: { readonly [name: string]: () => Promise<() => Command> };
}
