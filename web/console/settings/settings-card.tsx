import { useState } from 'preact/hooks';
import type { AccountAnswer } from '../../../src/service/admin/answers.ts';
import { Table } from '../../shared/parts/table.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { linkTo } from '../../shared/router.ts';
import { useReader } from '../me.ts';
import { words } from '../words/index.ts';
import { FieldDialog } from './field-dialog.tsx';
import { FIELDS, type SettingsField, shownValue, valueAt } from './fields.ts';

type Origins = AccountAnswer['origins'];

interface CardOptions {
  readonly part: keyof typeof FIELDS;
  readonly path: string;
  readonly etag: string | undefined;
  /** As they hold. */
  readonly settings: object;
  readonly own: object;
  /** Where each value comes from; absent for a group, which has no other values than its own. */
  readonly origins?: Origins;
  readonly refresh: () => void;
}

/** Settings that belong together, where each comes from, and a way to change it. */
export function SettingsCard({ part, path, etag, settings, own, origins, refresh }: CardOptions) {
  const { mayAct, isWholeServer } = useReader();
  const [changing, setChanging] = useState<SettingsField>();
  const tell = useTell();
  const text = words.settings;
  const isGroup = origins === undefined;
  const fields = FIELDS[part].filter(({ isOwn }) => !isGroup || !isOwn);
  const title = text.parts[part];
  const mayChange = ({ isOfServer = false }: SettingsField) => mayAct && (isWholeServer || (!isGroup && !isOfServer));
  const from = {
    head: text.from,
    cell: ({ place }: SettingsField) => <Origin origin={origins?.[place]} />,
  };
  const change = {
    head: words.actions,
    isQuiet: true,
    cell: (field: SettingsField) =>
      mayChange(field) && (
        <button
          type="button"
          class="quiet"
          aria-label={text.changeOf(words.fields[field.place])}
          onClick={() => setChanging(field)}
        >
          {text.change}
        </button>
      ),
  };
  return (
    <section class="card settings">
      <h2>{title}</h2>
      <Table
        label={title}
        rows={fields}
        keyOf={({ place }) => place}
        columns={[
          { head: text.field, cell: ({ place }) => words.fields[place] },
          { head: text.value, cell: (field) => <Value field={field} value={valueAt(settings, field.place)} /> },
          ...(isGroup ? [] : [from]),
          ...(mayAct ? [change] : []),
        ]}
      />
      {changing && (
        <FieldDialog
          path={path}
          etag={etag}
          field={changing}
          own={valueAt(own, changing.place)}
          value={valueAt(settings, changing.place)}
          isGroup={isGroup}
          onClose={(isDone) => {
            setChanging(undefined);
            refresh();
            if (isDone) tell(text.saved);
          }}
        />
      )}
    </section>
  );
}

export function Origin({ origin }: { readonly origin: Origins[string] | undefined }) {
  const text = words.settings.origins;
  if (origin?.from === 'group') {
    return (
      <>
        {text.group} <a href={linkTo('groups', origin.group)}>{origin.group}</a>
      </>
    );
  }
  return <span class="muted">{origin?.from === 'account' ? text.account : text.initial}</span>;
}

function Value({ field, value }: { readonly field: SettingsField; readonly value: unknown }) {
  const texts = shownValue(field, value);
  if (texts.length === 0) {
    const absent: Readonly<Record<string, string | undefined>> = words.absent;
    return (
      <span class="muted">
        {value === undefined
          ? (absent[field.place] ?? words.settings.unsaid)
          : (absent[field.place] ?? words.settings.none)}
      </span>
    );
  }
  if (texts.length === 1) return <span class="path">{texts[0]}</span>;
  return (
    <ul class="plain">
      {texts.map((each) => (
        <li key={each} class="path">
          {each}
        </li>
      ))}
    </ul>
  );
}
