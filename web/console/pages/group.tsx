import { useState } from 'preact/hooks';
import type { AccountAnswer, GroupAnswer, ListedAccount, PageAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered, FailureNotice } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo, replaceWith } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { Confirm } from '../parts/confirm.tsx';
import { SettingsCard } from '../settings/settings-card.tsx';
import { words } from '../words/index.ts';

const PAGE = 100;
const text = words.groups;

/** What one group gives, and to whom. */
export function GroupPage({ name }: { readonly name: string }) {
  const { mayAct, isWholeServer } = useReader();
  const [isRemoving, setRemoving] = useState(false);
  const tell = useTell();
  const path = `/groups/${part(name)}`;
  const loaded = useAnswer<GroupAnswer>(path);
  return (
    <>
      <p>
        <a href={linkTo('groups')}>{text.back}</a>
      </p>
      <div class="title">
        <h1 class="path">{name}</h1>
        {mayAct && isWholeServer && (
          <button type="button" class="danger" onClick={() => setRemoving(true)}>
            {text.remove}
          </button>
        )}
      </div>
      <p class="muted">{text.inherits}</p>
      <Answered loaded={loaded}>
        {({ settings }) => {
          const shared = { path, etag: loaded.etag, refresh: loaded.refresh, settings, own: settings };
          return (
            <>
              <Members group={name} />
              <SettingsCard part="reach" {...shared} />
              <SettingsCard part="limits" {...shared} />
              <SettingsCard part="entry" {...shared} />
            </>
          );
        }}
      </Answered>
      {isRemoving && (
        <Confirm
          title={text.removeTitle(name)}
          text={text.removeText}
          submit={text.remove}
          work={() => ask('DELETE', path, { ifMatch: loaded.etag })}
          onDone={() => {
            tell(text.removed(name));
            replaceWith('groups');
          }}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  );
}

function Members({ group }: { readonly group: string }) {
  const { mayAct, isWholeServer } = useReader();
  const [pages, setPages] = useState(1);
  const [name, setName] = useState('');
  const { isBusy, failure, run } = useAction();
  const tell = useTell();
  const loaded = useAnswer<PageAnswer<'accounts', ListedAccount>>('/accounts', { group, limit: String(PAGE * pages) });
  const mayChange = mayAct && isWholeServer;
  /** The account says which groups it has, the first one first. */
  const change = async (account: string, groupsOf: (before: readonly string[]) => readonly string[], told: string) => {
    const path = `/accounts/${part(account)}`;
    const done = await run(async () => {
      const found = await ask<AccountAnswer>('GET', path);
      if (!found.ok) return found;
      const groups = groupsOf(found.body.settings.groups);
      return ask<AccountAnswer>('PATCH', path, { body: { set: { groups } }, ifMatch: found.etag });
    });
    if (!done) return;
    setName('');
    tell(told);
    loaded.refresh();
  };
  const takeOut = {
    head: words.actions,
    isQuiet: true,
    cell: ({ name: account }: ListedAccount) => (
      <button
        type="button"
        class="quiet"
        aria-label={text.takeOutOf(account)}
        onClick={() =>
          inBackground(change(account, (before) => before.filter((each) => each !== group), text.takenOut(account)))
        }
      >
        {text.takeOut}
      </button>
    ),
  };
  return (
    <section class="card">
      <h2>{text.members}</h2>
      <Answered loaded={loaded}>
        {({ accounts, next }) => (
          <>
            {accounts.length === 0 ? (
              <p class="muted">{text.noMembers}</p>
            ) : (
              <Table
                label={text.members}
                rows={accounts}
                keyOf={(account) => account.name}
                columns={[
                  {
                    head: words.accounts.name,
                    cell: (account) => <a href={linkTo('accounts', account.name)}>{account.name}</a>,
                  },
                  ...(mayChange ? [takeOut] : []),
                ]}
              />
            )}
            {next !== undefined && (
              <button type="button" class="quiet" onClick={() => setPages(pages + 1)}>
                {words.more}
              </button>
            )}
          </>
        )}
      </Answered>
      {mayChange ? (
        <Form
          submit={text.addMember}
          isBusy={isBusy}
          failure={failure}
          onSubmit={() => inBackground(change(name, (before) => [...new Set([...before, group])], text.added(name)))}
        >
          <TextField
            label={text.newMember}
            value={name}
            onText={setName}
            autocomplete="off"
            spellcheck={false}
            required
          />
        </Form>
      ) : (
        failure && <FailureNotice failure={failure} />
      )}
    </section>
  );
}
