import type { FieldKind } from './field-kinds.ts';

/** The facts of one account field. Whatever stores, shows or changes accounts uses them. */
interface FieldRow<Value> {
  /** Flag of `user` and `group`, `add` and `set`. The flag of a list may be given more than once. Absent: another verb sets it. */
  readonly flag?: string;
  /** The text of the help and of the documents. */
  readonly summary: string;
  /** The word with which the flag removes the value, or empties the list. */
  readonly none?: string;
  /** The label in `user show`. Fields with the same label share a line. */
  readonly label?: string;
  /** Each item of the list has a line of its own. */
  readonly isOneALine?: true;
  /** Formats the text of the value for `user show`. */
  shown?(text: string): string;
  /** What `user show` prints if no field with this label has a value. */
  readonly absent?: string;
  /** Each account says it for itself: a group has no value of it. Whatever proves or ends one's identity is such a field. */
  readonly isOwn?: true;
  /** The logged reason for which open sessions end when a change takes a right away. */
  readonly ends?: string;
  /** Whether a change takes a right away. */
  takesAway?(before: Value, after: Value): boolean;
}

export interface Field<Value, IsAlways extends boolean = boolean> extends FieldRow<Value> {
  readonly kind: FieldKind<Value & {}>;
  /** Whether each account has a value. */
  readonly isAlways: IsAlways;
  /** The value where a stored account has none, which may be older than the field. */
  readonly initial?: Value;
}

/** A field that each account has. Without an `initial` value it must stand in every stored account. */
export function always<Value>(
  kind: FieldKind<Value>,
  row: FieldRow<NoInfer<Value>> & { readonly initial?: NoInfer<Value> },
): Field<Value, true> {
  return { ...row, kind: kind as FieldKind<Value & {}>, isAlways: true };
}

/** A field that an account can be without. */
export function maybe<Value>(
  kind: FieldKind<Value>,
  row: FieldRow<NoInfer<Value> | undefined>,
): Field<Value | undefined, false> {
  return { ...row, kind: kind as FieldKind<Value & {}>, isAlways: false };
}

/** Whether a part of the table is a field, and not a section of fields. */
export function isField(part: unknown): part is Field<unknown> {
  return typeof part === 'object' && part !== null && 'kind' in part;
}
