import { useState } from 'preact/hooks';
import type { AccountAnswer, ListedAccount, PageAnswer } from '../../../src/service/admin/answers.ts';
import { moment, relative } from '../../shared/format.ts';
import { TextField } from '../../shared/parts/form.tsx';
import { Answered, Badge, Empty } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { words } from '../words/index.ts';

const PAGE = 50;
const text = words.accounts;
const KINDS = { active: 'good', disabled: 'plain', expired: 'warn', locked: 'bad' } as const;

/** The accounts by name, from where the names begin with what was typed. */
export function Accounts() {
  const { mayAct } = useReader();
  const [start, setStart] = useState('');
  const [pages, setPages] = useState(1);
  const add = mayAct && (
    <a class="button primary" href={linkTo('new-account')}>
      {text.add}
    </a>
  );
  const loaded = useAnswer<PageAnswer<'accounts', ListedAccount>>('/accounts', {
    limit: String(PAGE * pages),
    after: justBefore(start),
  });
  return (
    <>
      <div class="title">
        <h1>{text.title}</h1>
        {add}
      </div>
      <TextField
        label={text.search}
        type="search"
        autocomplete="off"
        value={start}
        onText={(value) => {
          setStart(value);
          setPages(1);
        }}
      />
      <Answered loaded={loaded}>
        {({ accounts, next }) => {
          const fitting = accounts.filter(({ name }) => name.startsWith(start));
          if (fitting.length === 0) {
            return start === '' ? (
              <Empty title={text.empty} text={text.emptyText}>
                {add}
              </Empty>
            ) : (
              <p class="muted" role="status">
                {text.notFound(start)}
              </p>
            );
          }
          return (
            <>
              <AccountTable accounts={fitting} />
              {next !== undefined && fitting.length === accounts.length && (
                <button type="button" class="quiet" onClick={() => setPages(pages + 1)}>
                  {words.more}
                </button>
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}

export function StateBadge({ state }: Pick<AccountAnswer, 'state'>) {
  return <Badge kind={KINDS[state]}>{text.states[state]}</Badge>;
}

function AccountTable({ accounts }: { readonly accounts: readonly ListedAccount[] }) {
  return (
    <Table
      label={text.title}
      rows={accounts}
      keyOf={({ name }) => name}
      columns={[
        { head: text.name, cell: ({ name }) => <a href={linkTo('accounts', name)}>{name}</a> },
        {
          head: text.state,
          cell: (account) =>
            'error' in account ? <Badge kind="bad">{text.unreadable}</Badge> : <StateBadge state={account.state} />,
        },
        {
          head: text.home,
          cell: (account) => ('error' in account ? account.error : <code class="path">{account.settings.home}</code>),
        },
        {
          head: text.groups,
          cell: (account) => ('error' in account ? '' : account.settings.groups?.join(', ') || text.noGroups),
        },
        {
          head: text.lastLogin,
          cell: (account) =>
            'error' in account || account.lastLoginAt === undefined ? (
              <span class="muted">{text.never}</span>
            ) : (
              <time dateTime={account.lastLoginAt} title={moment(account.lastLoginAt)}>
                {relative(account.lastLoginAt)}
              </time>
            ),
        },
      ]}
    />
  );
}

/** A text that is smaller than all that begin with this one, and greater than what comes before them. */
function justBefore(start: string): string | undefined {
  const last = start.codePointAt(start.length - 1);
  if (last === undefined || last === 0) return undefined;
  return `${start.slice(0, -1)}${String.fromCodePoint(last - 1)}\u{10FFFF}`;
}
