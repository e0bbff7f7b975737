import { fieldValue, type OwnSettings, PLACED_FIELDS, type PlacedField, type ValueOrigin } from '../core/index.ts';
import { formatField } from './field-texts.ts';

/** By the place of a field. */
type Origins = Readonly<Record<string, ValueOrigin>>;

/** The text of one value, and behind it where it comes from. */
interface ShownValue {
  readonly text: string;
  readonly from: string;
}

/**
 * A row for each field of an account, or for those of one label together; of a list that has a label for itself, for each
 * item. @param origins where each value comes from, where that is to be said
 */
export function accountRows(account: OwnSettings, origins: Origins | undefined): string[][] {
  return rowsOf(PLACED_FIELDS, (placed) => {
    const from = suffixOf(origins?.[placed.place.join('.')]);
    const value = fieldValue(account, placed.place);
    return { texts: textsOf(placed, value).map((text) => ({ text, from })), absent: { text: absentOf(placed), from } };
  });
}

/** The rows of what a group says, without those of fields that it leaves open. */
export function groupRows(settings: OwnSettings): string[][] {
  const said = PLACED_FIELDS.filter(({ place }) => fieldValue(settings, place) !== undefined);
  return rowsOf(said, (placed) => {
    const value = fieldValue(settings, placed.place) ?? undefined;
    const texts = textsOf(placed, value).map((text) => ({ text, from: '' }));
    return { texts, absent: { text: absentOf(placed), from: '' } };
  });
}

interface ShownField {
  readonly texts: readonly ShownValue[];
  readonly absent: ShownValue;
}

function rowsOf(fields: readonly PlacedField[], show: (placed: PlacedField) => ShownField): string[][] {
  const labelled = fields.filter(({ field }) => field.label !== undefined);
  return [...Map.groupBy(labelled, ({ field }) => field.label ?? '')].flatMap(([label, group]) => {
    const shown = group.map(show);
    const texts = shown.flatMap(({ texts }) => texts);
    const [first] = shown;
    if (texts.length === 0) return first ? [[label, `${first.absent.text}${first.absent.from}`]] : [];
    if (group[0]?.field.isOneALine) return texts.map(({ text, from }) => [label, `${text}${from}`]);
    return [[label, joined(texts)]];
  });
}

/** What comes from one place says so once. */
function joined(values: readonly ShownValue[]): string {
  return values.map(({ text, from }, index) => (values[index + 1]?.from === from ? text : `${text}${from}`)).join(', ');
}

function textsOf({ field }: PlacedField, value: unknown): readonly string[] {
  const texts = value === undefined ? [] : formatField(field.kind, value);
  return texts.map((text) => field.shown?.(text) ?? text);
}

function absentOf({ field }: PlacedField): string {
  return field.absent ?? 'none';
}

function suffixOf(origin: ValueOrigin | undefined): string {
  return origin ? ` (${originText(origin)})` : '';
}

function originText(origin: ValueOrigin): string {
  if (origin.from === 'group') return `group ${origin.group}`;
  return origin.from === 'account' ? 'its own' : 'default';
}
