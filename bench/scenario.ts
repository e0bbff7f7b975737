/** One thing that is measured, for every subject in turn: rivals and ourselves. */
export interface Scenario {
  /** As `--only` takes it, and as the plots are named. */
  readonly name: string;
  readonly title: string;
  /** For the report: what is done, and how it is measured. */
  readonly about: string;
  /** Of what the subjects are compared with each other: servers, clients against one server, or starts of a command. */
  readonly kind: 'server' | 'client' | 'command';
  /** Default: 5. */
  readonly rounds?: number;
  /** Whether the first round counts, too: nothing is to be warm, or each round begins anew. */
  readonly isCold?: boolean;
  /** Starts what is needed; a subject that can't take part says why. */
  prepare(bench: Bench): Promise<readonly (Subject | Absence)[]>;
}

/** What a run is given. */
export interface Bench {
  /** A tenth of the work, for a look in between. */
  readonly isQuick: boolean;
  /** An empty directory for this scenario, removed after it. */
  readonly directory: string;
}

/** One program under one scenario. Its rounds take turns with those of the other subjects. */
export interface Subject extends AsyncDisposable {
  /** The program, or the program with its setting: `vsftpd`, `Lockport (durable)`. */
  readonly name: string;
  readonly isOurs: boolean;
  readonly version: string;
  /** Does the work once. @throws when it was not done in full: a wrong figure is worse than none. */
  round(): Promise<readonly Measurement[]>;
}

/** Who would belong here and is not, with the reason. */
export interface Absence {
  readonly name: string;
  readonly reason: string;
}

export interface Measurement {
  readonly metric: string;
  readonly unit: Unit;
  readonly better: 'lower' | 'higher';
  readonly value: number;
}

type Unit =
  | 'CPU-s/GB'
  | 'MB/s'
  | 'CPU-ms/file'
  | 'files/s'
  | 'logins/s'
  | 'CPU-ms/login'
  | 'KiB/session'
  | 'MiB'
  | 'ms'
  | 's'
  | 'CPU-s'
  | 'CPU-ms';
