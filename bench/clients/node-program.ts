import type { Command, Job, ServerAccount } from './client.ts';

/** What a program in `programs/` is told, as JSON in its first argument. */
export interface ProgramInput {
  /** The module of the library that it is written with. */
  readonly library: string;
  readonly job: Job;
  readonly account: ServerAccount;
}

export function nodeProgram(path: string, input: ProgramInput): Command {
  return { words: [process.execPath, path, JSON.stringify(input)] };
}
