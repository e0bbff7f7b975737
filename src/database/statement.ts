/** One statement of SQL that changes something, with the values that are bound in it. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}
