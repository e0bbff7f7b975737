import { useState } from 'preact/hooks';
import type { AdministratorAnswer, PageAnswer } from '../../../src/service/admin/answers.ts';
import { moment, relative } from '../../shared/format.ts';
import { Answered, Badge } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { words } from '../words/index.ts';
import { AddAdministrator, AdministratorActions } from './administrator-dialogs.tsx';

const PAGE = 50;
const text = words.administrators;

/** Who administers the server: for owners of the whole of it. */
export function Administrators() {
  const { me } = useReader();
  const [pages, setPages] = useState(1);
  const [isAdding, setAdding] = useState(false);
  const loaded = useAnswer<PageAnswer<'administrators', AdministratorAnswer>>('/administrators', {
    limit: String(PAGE * pages),
  });
  return (
    <>
      <div class="title">
        <h1>{text.title}</h1>
        <button type="button" class="primary" onClick={() => setAdding(true)}>
          {text.add}
        </button>
      </div>
      <Answered loaded={loaded}>
        {({ administrators, next }) => (
          <>
            <Table
              label={text.title}
              rows={administrators}
              keyOf={({ administrator }) => administrator}
              columns={[
                { head: words.accounts.name, cell: ({ administrator }) => <span class="path">{administrator}</span> },
                { head: text.role, cell: ({ role }) => words.roles[role] },
                { head: text.reach, cell: ({ groups }) => groups.join(', ') || text.wholeServer },
                { head: words.accounts.state, cell: (each) => <State administrator={each} /> },
                {
                  head: words.accounts.lastLogin,
                  cell: ({ lastLoginAt }) =>
                    lastLoginAt === undefined ? (
                      <span class="muted">{words.accounts.never}</span>
                    ) : (
                      <time dateTime={lastLoginAt} title={moment(lastLoginAt)}>
                        {relative(lastLoginAt)}
                      </time>
                    ),
                },
                {
                  head: words.actions,
                  isQuiet: true,
                  cell: (each) =>
                    each.administrator === me.administrator ? (
                      <a href={linkTo('me')}>{text.oneself}</a>
                    ) : (
                      <AdministratorActions administrator={each} refresh={loaded.refresh} />
                    ),
                },
              ]}
            />
            {next !== undefined && (
              <button type="button" class="quiet" onClick={() => setPages(pages + 1)}>
                {words.more}
              </button>
            )}
          </>
        )}
      </Answered>
      {isAdding && (
        <AddAdministrator
          onClose={() => {
            setAdding(false);
            loaded.refresh();
          }}
        />
      )}
    </>
  );
}

function State({ administrator }: { readonly administrator: AdministratorAnswer }) {
  const { disabled, lockedUntil, hasTotp, passkeys, mustChangePassword } = administrator;
  return (
    <span class="badges">
      {disabled && <Badge kind="plain">{words.accounts.states.disabled}</Badge>}
      {lockedUntil !== undefined && <Badge kind="bad">{words.accounts.states.locked}</Badge>}
      {mustChangePassword && <Badge kind="warn">{text.passwordDue}</Badge>}
      {hasTotp ? <Badge kind="good">{text.totp}</Badge> : <Badge kind="warn">{text.noTotp}</Badge>}
      {passkeys > 0 && <Badge kind="good">{text.passkeys(passkeys)}</Badge>}
    </span>
  );
}
