import { useState } from 'preact/hooks';
import type { SettingAnswer } from '../../../src/service/admin/answers.ts';
import { TextField } from '../../shared/parts/form.tsx';
import { Answered, Empty } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useAnswer } from '../../shared/use-answer.ts';
import { words } from '../words/index.ts';

const text = words.configuration;

/** Every setting with its value and where that was given. */
export function ConfigurationPage() {
  const [sought, setSought] = useState('');
  const [isSetOnly, setSetOnly] = useState(false);
  const loaded = useAnswer<{ readonly settings: readonly SettingAnswer[] }>('/configuration');
  const fits = ({ key, value, origin }: SettingAnswer) =>
    !(isSetOnly && origin === 'default') &&
    [key, shown(value), origin].some((each) => each.toLowerCase().includes(sought.toLowerCase()));
  return (
    <>
      <h1>{text.title}</h1>
      <p class="muted">{text.text}</p>
      <TextField label={text.search} type="search" autocomplete="off" value={sought} onText={setSought} />
      <label class="check">
        <input
          type="checkbox"
          checked={isSetOnly}
          onChange={({ currentTarget }) => setSetOnly(currentTarget.checked)}
        />
        {text.isSetOnly}
      </label>
      <Answered loaded={loaded}>
        {({ settings }) => {
          const rows = settings.filter(fits);
          return rows.length === 0 ? (
            <Empty title={text.empty} text={text.emptyText} />
          ) : (
            <Table
              label={text.title}
              rows={rows}
              keyOf={({ key }) => key}
              columns={[
                { head: text.key, cell: ({ key }) => <code class="path">{key}</code> },
                {
                  head: text.value,
                  cell: ({ value }) =>
                    value === null ? (
                      <span class="muted">{text.notSet}</span>
                    ) : (
                      <code class="path">{shown(value)}</code>
                    ),
                },
                { head: text.origin, cell: ({ origin }) => <span class="cut">{origin}</span> },
              ]}
            />
          );
        }}
      </Answered>
    </>
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
