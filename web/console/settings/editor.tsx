import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PageAnswer } from '../../../src/service/admin/answers.ts';
import { SelectField, TextField } from '../../shared/parts/form.tsx';
import { useAnswer } from '../../shared/use-answer.ts';
import { words } from '../words/index.ts';
import {
  choicesOf,
  mountLine,
  mountOf,
  type SettingKind,
  type SettingsField,
  type ShownMount,
  type ShownRule,
} from './fields.ts';
import { ListEditor } from './list-editor.tsx';
import { RightsEditor } from './rights-editor.tsx';

interface EditorOptions {
  readonly field: SettingsField;
  /** As JSON has it; undefined where there is none yet. */
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
}

/** The control by which a value of that kind is given. What it says wrongly, the server tells. */
export function Editor(options: EditorOptions) {
  return EDITORS[options.field.kind](options);
}

const HINTS: Readonly<Record<string, string | undefined>> = words.fieldHints;

const EDITORS: { readonly [Kind in SettingKind]: (options: EditorOptions) => ComponentChildren } = {
  size: (options) => <SizeEditor {...numberOf(options)} />,
  rate: (options) => <SizeEditor {...numberOf(options)} />,
  count: (options) => <NumberEditor {...numberOf(options)} per={1} />,
  minutes: (options) => (
    <NumberEditor {...numberOf(options)} label={words.settings.inMinutes(words.fields[options.field.place])} per={60} />
  ),
  moment: ({ field: { place }, value, onValue }) => (
    <TextField
      label={words.fields[place]}
      type="datetime-local"
      value={localOf(value as string | undefined)}
      onText={(text) => onValue(text === '' ? undefined : new Date(text).toISOString())}
      required
    />
  ),
  choice: ({ field: { place }, value, onValue }) => (
    <SelectField label={words.fields[place]} value={value as string} onText={onValue} options={choicesOf(place)} />
  ),
  rights: ({ value, onValue }) => <RightsEditor rules={(value ?? []) as readonly ShownRule[]} onRules={onValue} />,
  mounts: (options) => (
    <ListEditor
      {...listOf(options)}
      items={((options.value ?? []) as readonly ShownMount[]).map(mountLine)}
      onItems={(items) => options.onValue(items.map(mountOf))}
    />
  ),
  groups: (options) => <GroupsEditor {...listOf(options)} />,
  lines: (options) => <ListEditor {...listOf(options)} />,
  text: ({ field: { place }, value, onValue }) => (
    <TextField
      label={words.fields[place]}
      hint={HINTS[place]}
      value={(value ?? '') as string}
      onText={onValue}
      autocomplete="off"
      spellcheck={false}
      required
    />
  ),
};

function numberOf({ field, value, onValue }: EditorOptions): NumberOptions {
  return { label: words.fields[field.place], value: value as number | undefined, onValue };
}

function listOf({ field: { place }, value, onValue }: EditorOptions): GroupsOptions {
  const items = (value ?? []) as readonly string[];
  return { label: words.settings.addTo(words.fields[place]), hint: HINTS[place], items, onItems: onValue };
}

type GroupsOptions = Omit<Parameters<typeof ListEditor>[0], 'offered'>;

function GroupsEditor(options: GroupsOptions) {
  const { body } = useAnswer<PageAnswer<'groups', { readonly name: string }>>('/groups');
  return <ListEditor {...options} offered={body?.groups.map(({ name }) => name) ?? []} />;
}

interface NumberOptions {
  readonly label: string;
  readonly value: number | undefined;
  readonly onValue: (value: number | undefined) => void;
}

function NumberEditor({ label, value, onValue, per }: NumberOptions & { readonly per: number }) {
  return (
    <TextField
      label={label}
      type="number"
      min={0}
      step={per === 1 ? 1 : 'any'}
      value={value === undefined ? '' : String(value / per)}
      onText={(text) => onValue(text === '' ? undefined : Math.round(Number(text) * per))}
      required
    />
  );
}

const SIZES = { 1000: 'kB', 1_000_000: 'MB', 1_000_000_000: 'GB', 1_000_000_000_000: 'TB' } as const;

function SizeEditor({ label, value, onValue }: NumberOptions) {
  const fitting = Object.keys(SIZES)
    .map(Number)
    .findLast((size) => (value ?? 0) % size === 0 && (value ?? 0) >= size);
  const [unit, setUnit] = useState(value === undefined ? 1_000_000_000 : (fitting ?? 1000));
  return (
    <div class="amount">
      <NumberEditor label={label} per={unit} value={value} onValue={onValue} />
      <SelectField
        label={words.settings.unit}
        value={String(unit)}
        options={SIZES}
        onText={(text) => {
          setUnit(Number(text));
          if (value !== undefined) onValue((value / unit) * Number(text));
        }}
      />
    </div>
  );
}

/** A moment as `datetime-local` has it: in the zone of the reader, and without it. */
function localOf(iso: string | undefined): string {
  if (iso === undefined) return '';
  const moment = new Date(iso);
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
