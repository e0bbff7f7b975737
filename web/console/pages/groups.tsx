import { useState } from 'preact/hooks';
import type { ListedGroup, PageAnswer } from '../../../src/service/admin/answers.ts';
import { ask } from '../../shared/api.ts';
import { count } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered, Badge, Empty } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo, replaceWith } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { rightsText } from '../settings/fields.ts';
import { words } from '../words/index.ts';

const PAGE = 50;
const text = words.groups;

/** The groups whose values accounts inherit. */
export function Groups() {
  const { mayAct, isWholeServer } = useReader();
  const [pages, setPages] = useState(1);
  const [isAdding, setAdding] = useState(false);
  const loaded = useAnswer<PageAnswer<'groups', ListedGroup>>('/groups', { limit: String(PAGE * pages) });
  const add = mayAct && isWholeServer && (
    <button type="button" class="primary" onClick={() => setAdding(true)}>
      {text.add}
    </button>
  );
  return (
    <>
      <div class="title">
        <h1>{text.title}</h1>
        {add}
      </div>
      <Answered loaded={loaded}>
        {({ groups, next }) =>
          groups.length === 0 ? (
            <Empty title={text.empty} text={text.emptyText}>
              {add}
            </Empty>
          ) : (
            <>
              <GroupTable groups={groups} />
              {next !== undefined && (
                <button type="button" class="quiet" onClick={() => setPages(pages + 1)}>
                  {words.more}
                </button>
              )}
            </>
          )
        }
      </Answered>
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function GroupTable({ groups }: { readonly groups: readonly ListedGroup[] }) {
  return (
    <Table
      label={text.title}
      rows={groups}
      keyOf={({ name }) => name}
      columns={[
        { head: words.accounts.name, cell: ({ name }) => <a href={linkTo('groups', name)}>{name}</a> },
        {
          head: text.members,
          cell: (group) =>
            'error' in group ? <Badge kind="bad">{words.accounts.unreadable}</Badge> : count(group.members),
        },
        {
          head: words.accounts.home,
          cell: (group) => ('error' in group ? group.error : <code class="path">{group.settings.home ?? '–'}</code>),
        },
        {
          head: words.account.rights,
          cell: (group) => {
            const [first] = 'error' in group ? [] : (group.settings.rights ?? []);
            return first ? rightsText(first.rights) : <span class="muted">{words.settings.unsaid}</span>;
          },
        },
      ]}
    />
  );
}

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    if (await run(() => ask('POST', '/groups', { body: { name } }))) replaceWith('groups', name);
  };
  return (
    <Dialog title={text.add} onClose={onClose}>
      <p>{text.addText}</p>
      <Form submit={text.addSubmit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
        <TextField
          label={words.accounts.name}
          value={name}
          onText={setName}
          autocomplete="off"
          spellcheck={false}
          required
        />
      </Form>
    </Dialog>
  );
}
