/** How an audit trail differs from the one that was written. */
export type AlterationKind =
  | 'altered'
  | 'removed'
  | 'inserted'
  | 'repeated'
  | 'unreadable'
  | 'truncated'
  | 'beginning-missing'
  | 'new-chain'
  | 'segment-moved'
  | 'head-forged'
  | 'heads-missing'
  | 'key-unknown';

/** The first difference that was found. */
export interface Alteration {
  readonly kind: AlterationKind;
  /** The number of the record; of a head, the last that it covers. */
  readonly record: number;
  /** The file, by its name in the directory. */
  readonly file: string;
  /** One sentence. */
  readonly message: string;
}

/** What verification has found out. */
export interface AuditVerdict {
  readonly isWhole: boolean;
  /** Absent where it is whole. */
  readonly finding?: Alteration;
  readonly journal?: string;
  /** The first record that is there, and the last that was looked at. */
  readonly first: number;
  readonly last: number;
  readonly segments: number;
  readonly heads: number;
  /** The newest key that has signed. */
  readonly key?: string;
  /** Whether somebody named the key; else the directory's own keys were believed. */
  readonly isKeyGiven: boolean;
  /** What is in order, but good to know. */
  readonly remarks: readonly string[];
}

/** Ends a verification at the first difference. */
export class Found extends Error {
  override readonly name = 'Found';
  readonly code = 'found';
  readonly finding: Alteration;

  constructor(finding: Alteration) {
    super(finding.message);
    this.finding = finding;
  }
}
