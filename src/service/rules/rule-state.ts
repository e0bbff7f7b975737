import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type EventFile, writeWhole } from '../../operations/index.ts';
import { StartError } from '../start-error.ts';
import { systemCode } from '../system-error.ts';

/** An event that was taken from the journal and is not done with. */
export interface Undelivered {
  /** The number of its record. */
  readonly record: number;
  /** The actions that were carried out. */
  readonly step: number;
  /** Of the action that is next. */
  readonly attempts: number;
  /** When that was tried first, in ms since 1970. */
  readonly since: number;
  /** When it is tried again, in ms since 1970. */
  readonly dueAt: number;
  /** The file of the event, where it is now. */
  readonly file?: EventFile | undefined;
}

/** How far a rule is in its journal. */
export interface RuleState {
  readonly journal: string;
  /** The number of the next record to look at. */
  readonly next: number;
  readonly undelivered: readonly Undelivered[];
  /** Since the rule began. */
  readonly delivered: number;
}

const number = z.number().min(0);
const file = z.strictObject({
  path: z.string(),
  size: number,
  modified: z.string(),
  created: z.string().optional(),
  unique: z.string().optional(),
});
const STATE: z.ZodType<RuleState> = z.strictObject({
  journal: z.string(),
  next: number,
  undelivered: z.array(
    z.strictObject({
      record: number,
      step: number,
      attempts: number,
      since: number,
      dueAt: number,
      file: file.optional(),
    }),
  ),
  delivered: number,
});

/** Far more than a rule can have, whose undelivered events have a path each. */
const MAX_STATE_BYTES = 268_435_456;

/** Keeps the state of a rule in a file, which is whole at any moment. Saves that are asked for during a save become one. */
export class RuleStateFile {
  readonly #file: string;
  #saved: RuleState;
  #wanted: RuleState | undefined;
  #saving: Promise<void> | undefined;

  private constructor(file: string, saved: RuleState) {
    this.#file = file;
    this.#saved = saved;
  }

  /** Opens the state of a rule, or begins it. @throws StartError where it can't be read */
  static async open(file: string, initial: RuleState): Promise<RuleStateFile> {
    const found = await read(file);
    const state = new RuleStateFile(file, found ?? initial);
    if (!found) await state.save(initial);
    return state;
  }

  /** What a crash would leave. */
  get saved(): RuleState {
    return this.#saved;
  }

  /** Resolves once this, or something later, is on the disk. @throws what the disk says */
  async save(state: RuleState): Promise<void> {
    this.#wanted = state;
    while (this.#wanted !== undefined) {
      this.#saving ??= this.#write(this.#wanted);
      await this.#saving;
    }
  }

  async #write(state: RuleState): Promise<void> {
    this.#wanted = undefined;
    try {
      await writeWhole(this.#file, JSON.stringify(state));
      this.#saved = state;
    } catch (error) {
      this.#wanted ??= state;
      throw error;
    } finally {
      this.#saving = undefined;
    }
  }
}

async function read(file: string): Promise<RuleState | undefined> {
  try {
    if ((await stat(file)).size > MAX_STATE_BYTES) throw new Error('it is too long');
    return STATE.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    const name = path.basename(file, '.json');
    const message = `How far the rule ${name} is, can't be read from ${file}: move that file away to let the rule begin with what happens from now on`;
    throw new StartError(message, { cause });
  }
}
