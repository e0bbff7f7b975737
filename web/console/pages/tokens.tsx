import { useState } from 'preact/hooks';
import type { AdminRoleAnswer, PageAnswer, TokenAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { day, relative } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form, SelectField, TextField } from '../../shared/parts/form.tsx';
import { Answered, Badge, Empty } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Secret } from '../parts/secret.tsx';
import { words } from '../words/index.ts';

const text = words.tokens;
const ROLES: readonly AdminRoleAnswer[] = ['auditor', 'operator', 'owner'];
const DAY_MS = 86_400_000;

/** By which programs ask the API: those of oneself, or, for owners, of somebody else. */
export function Tokens({ of }: { readonly of?: string | undefined }) {
  const { me } = useReader();
  const administrator = of ?? me.administrator;
  const [asking, setAsking] = useState<'add' | TokenAnswer>();
  const tell = useTell();
  const loaded = useAnswer<PageAnswer<'tokens', TokenAnswer>>('/tokens', { administrator });
  const close = () => {
    setAsking(undefined);
    loaded.refresh();
  };
  const add = (
    <button type="button" class="primary" onClick={() => setAsking('add')}>
      {text.add}
    </button>
  );
  return (
    <>
      <div class="title">
        <h1>{of === undefined ? text.title : text.titleOf(of)}</h1>
        {add}
      </div>
      <p class="muted">{text.intro}</p>
      <Answered loaded={loaded}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <Empty title={text.empty} text={text.emptyText} />
          ) : (
            <Table
              label={text.title}
              rows={tokens}
              keyOf={({ id }) => id}
              columns={[
                { head: text.label, cell: ({ label, id }) => <span class="path">{label || id}</span> },
                { head: words.administrators.role, cell: ({ role }) => words.roles[role] },
                {
                  head: words.account.expires,
                  cell: ({ expires }) =>
                    Date.parse(expires) > Date.now() ? day(expires) : <Badge kind="warn">{text.isOver}</Badge>,
                },
                {
                  head: text.lastUsed,
                  cell: ({ lastUsedAt }) =>
                    lastUsedAt === undefined ? <span class="muted">{words.accounts.never}</span> : relative(lastUsedAt),
                },
                {
                  head: words.actions,
                  isQuiet: true,
                  cell: (token) => (
                    <button
                      type="button"
                      class="quiet danger"
                      aria-label={text.revokeOf(token.label || token.id)}
                      onClick={() => setAsking(token)}
                    >
                      {text.revoke}
                    </button>
                  ),
                },
              ]}
            />
          )
        }
      </Answered>
      {asking === 'add' && <AddToken administrator={administrator} onClose={close} />}
      {typeof asking === 'object' && (
        <Confirm
          title={text.revokeTitle(asking.label || asking.id)}
          text={text.revokeText}
          submit={text.revoke}
          work={() => ask('DELETE', `/tokens/${part(asking.id)}`)}
          onDone={() => {
            tell(text.revoked);
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

interface AddOptions {
  readonly administrator: string;
  readonly onClose: () => void;
}

function AddToken({ administrator, onClose }: AddOptions) {
  const { me } = useReader();
  const [given, setGiven] = useState({ label: '', role: 'auditor', days: '90' });
  const [token, setToken] = useState<string>();
  const { isBusy, failure, run } = useAction();
  const roles = ROLES.slice(0, ROLES.indexOf(me.role) + 1).map((role) => [role, words.administrators.roles[role]]);
  const submit = async () => {
    const { label, role, days } = given;
    const expires = new Date(Date.now() + Number(days) * DAY_MS).toISOString();
    const body = { administrator, label, role, expires };
    const made = await run(() => ask<{ readonly token: string }>('POST', '/tokens', { body }));
    if (made) setToken(made.body.token);
  };
  return (
    <Dialog title={text.add} onClose={onClose}>
      {token === undefined ? (
        <Form submit={text.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
          <TextField
            label={text.label}
            hint={text.labelHint}
            value={given.label}
            onText={(label) => setGiven({ ...given, label })}
            maxLength={200}
            autocomplete="off"
            required
          />
          <SelectField
            label={words.administrators.role}
            value={given.role}
            options={Object.fromEntries(roles)}
            onText={(role) => setGiven({ ...given, role })}
          />
          <SelectField
            label={text.lasts}
            value={given.days}
            options={text.days}
            onText={(days) => setGiven({ ...given, days })}
          />
        </Form>
      ) : (
        <div role="status">
          <p>{text.shown}</p>
          <Secret value={token} label={text.token} />
        </div>
      )}
    </Dialog>
  );
}
