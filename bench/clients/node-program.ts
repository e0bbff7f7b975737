import { fileURLToPath } from 'node:url';
import type { Command, Job, ServerAccount } from './client.ts';

/** What a program in `programs/` is told, as JSON in its first argument. */
export interface ProgramInput {
  /** The module of the library that it is written with. */
  readonly library: string;
  readonly job: Job;
  readonly account: ServerAccount;
}

/** Runs a program of `programs/`. */
export function nodeProgram(name: string, input: ProgramInput): Command {
  const program = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  return { words: [process.execPath, program, JSON.stringify(input)] };
}
