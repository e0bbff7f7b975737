import type { AccountAnswer } from '../../../src/service/admin/answers.ts';
import { part } from '../api.ts';
import { bytes, count, day, moment } from '../format.ts';
import { useReader } from '../me.ts';
import { AccountActions } from '../parts/account-actions.tsx';
import { Answered, Badge, Facts } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../router.ts';
import { useAnswer } from '../use-answer.ts';
import { words } from '../words/index.ts';
import { StateBadge } from './accounts.tsx';

const text = words.account;

/** One account as it holds, and what an operator does with it. */
export function AccountPage({ name }: { readonly name: string }) {
  const { mayAct } = useReader();
  const loaded = useAnswer<AccountAnswer>(`/accounts/${part(name)}`);
  return (
    <>
      <p>
        <a href={linkTo('accounts')}>{text.back}</a>
      </p>
      <h1 class="path">{name}</h1>
      <Answered loaded={loaded}>
        {(account) => (
          <>
            <div class="title">
              <StateBadge state={account.state} />
              {mayAct && <AccountActions account={account} etag={loaded.etag} refresh={loaded.refresh} />}
            </div>
            <Rights account={account} />
            <Space name={name} />
            <Details account={account} />
          </>
        )}
      </Answered>
    </>
  );
}

function Rights({ account: { effectiveRights } }: { readonly account: AccountAnswer }) {
  return (
    <section class="card">
      <h2>{text.rights}</h2>
      <Table
        label={text.rights}
        rows={effectiveRights}
        keyOf={({ path }) => path}
        columns={[
          { head: text.rightsIn, cell: ({ path }) => <code class="path">{path}</code> },
          {
            head: text.rightsText,
            cell: ({ rights }) =>
              rights.length === 0 ? text.nothing : rights.map((each) => text.rightNames[each] ?? each).join(', '),
          },
        ]}
      />
    </section>
  );
}

interface Quota {
  readonly home: string;
  readonly bytes: number | null;
  readonly files: number | null;
  readonly used: { readonly bytes: number; readonly files: number } | null;
}

function Space({ name }: { readonly name: string }) {
  const loaded = useAnswer<Quota>(`/accounts/${part(name)}/quota`);
  return (
    <section class="card">
      <h2>{text.quota}</h2>
      <Answered loaded={loaded}>
        {({ home, used, bytes: most, files }) => (
          <>
            <p>
              <code class="path">{home}</code>
            </p>
            {used === null ? (
              <p class="muted">{text.notCounted}</p>
            ) : (
              <>
                {most !== null && <progress max={most} value={Math.min(used.bytes, most)} aria-label={text.quota} />}
                <p>
                  {most === null ? text.usedOfAny(bytes(used.bytes)) : text.used(bytes(used.bytes), bytes(most))},{' '}
                  {files === null
                    ? text.files(count(used.files))
                    : text.used(count(used.files), text.files(count(files)))}
                </p>
              </>
            )}
          </>
        )}
      </Answered>
    </section>
  );
}

function Details({ account }: { readonly account: AccountAnswer }) {
  const { settings, createdAt, passwordChangedAt, lastLoginAt } = account;
  return (
    <section class="card">
      <h2>{text.details}</h2>
      <Facts
        rows={[
          [words.accounts.lastLogin, lastLoginAt === undefined ? words.accounts.never : moment(lastLoginAt)],
          [words.accounts.groups, settings.groups?.join(', ') || words.accounts.noGroups],
          [text.expires, settings.expires === undefined ? text.neverExpires : moment(settings.expires)],
          [text.passwordChanged, account.hasPassword ? day(passwordChangedAt) : <Badge kind="plain">{words.no}</Badge>],
          [text.created, day(createdAt)],
        ]}
      />
    </section>
  );
}
