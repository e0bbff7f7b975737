import { background } from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import type { AuditState } from '../audit/audit-trail.ts';
import { type Configuration, directoryOf } from '../configuration/index.ts';
import type { FrontEnd, FrontEndState } from '../front-end.ts';
import type { QueueState } from '../log/index.ts';
import type { OpenStorages } from '../storages.ts';
import { type AttentionProblem, problemsOf } from './readiness.ts';
import { StorageProbe, type StorageState } from './storage-probe.ts';

/** How long what was asked of workers and media counts as new: many that ask at once cost as much as one. */
const FRESH_MS = 500;

/** A queue of log lines, by the name of its destination. */
export type LogOutputs = ReadonlyMap<string, { readonly state: QueueState }>;

export interface HealthParts {
  readonly configuration: Configuration;
  readonly isDraining: () => boolean;
  readonly outputs: LogOutputs;
  readonly frontEnd: Pick<FrontEnd, 'state'>;
  readonly storages: OpenStorages;
  readonly database: Pick<Database, 'accounts'>;
  /** Undefined where there is no audit trail. */
  readonly audit: { readonly state: AuditState } | undefined;
}

/** How the parts of a service do at one moment. */
export interface Looked {
  readonly frontEnd: FrontEndState;
  readonly storages: readonly StorageState[];
  readonly audit: AuditState | undefined;
  readonly outputs: readonly (readonly [name: string, state: QueueState])[];
  readonly problems: readonly AttentionProblem[];
}

/** Looks at all that a service depends on, for whoever watches it. */
export class Health {
  readonly #parts: HealthParts;
  readonly #probes: readonly StorageProbe[];
  #looked: { readonly at: number; readonly what: Promise<Looked> } | undefined;

  constructor(parts: HealthParts) {
    const { configuration, storages } = parts;
    this.#parts = parts;
    // Another server that is away is no reason to send clients elsewhere: they would find it away there, too.
    this.#probes = Array.from(storages.byName).flatMap(([name, storage]) => {
      const directory = directoryOf(configuration.storages, name);
      return directory === undefined ? [] : [new StorageProbe(name, directory, storage)];
    });
  }

  /** Bounded, whatever state workers and media are in. */
  look(): Promise<Looked> {
    const now = performance.now();
    if (this.#looked && now - this.#looked.at < FRESH_MS) return this.#looked.what;
    const what = this.#ask();
    background(what, () => undefined);
    this.#looked = { at: now, what };
    return what;
  }

  async #ask(): Promise<Looked> {
    const { isDraining, database, outputs, ...parts } = this.#parts;
    const [frontEnd, storages] = await Promise.all([
      parts.frontEnd.state(),
      Promise.all(this.#probes.map((probe) => probe.state())),
    ]);
    const audit = parts.audit?.state;
    return {
      frontEnd,
      storages,
      audit,
      outputs: Array.from(outputs, ([name, { state }]) => [name, state] as const),
      problems: await problemsOf({ isDraining: isDraining(), frontEnd, storages, audit, database }),
    };
  }
}
