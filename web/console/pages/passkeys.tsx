import { useState } from 'preact/hooks';
import type { PageAnswer, PasskeyAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { day, relative } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { Confirm } from '../parts/confirm.tsx';
import { canUsePasskeys, makePasskey, placeForPasskeys } from '../passkeys.ts';
import { words } from '../words/index.ts';

const text = words.passkeys;

/** The passkeys of oneself: by one, somebody signs in without a password and a code. */
export function Passkeys() {
  const loaded = useAnswer<PageAnswer<'passkeys', PasskeyAnswer>>('/me/passkeys');
  const [removing, setRemoving] = useState<PasskeyAnswer>();
  const [given, setGiven] = useState({ label: '', password: '' });
  const { isBusy, failure, run } = useAction();
  const tell = useTell();
  const add = async () => {
    const made = await run(() => makePasskey(given));
    setGiven({ ...given, password: '' });
    if (!made) return;
    setGiven({ label: '', password: '' });
    tell(text.added);
    loaded.refresh();
  };
  const close = () => {
    setRemoving(undefined);
    loaded.refresh();
  };
  return (
    <section class="card narrow">
      <h2>{text.title}</h2>
      <p class="muted">{text.intro}</p>
      <Answered loaded={loaded}>
        {({ passkeys }) =>
          passkeys.length > 0 && (
            <Table
              label={text.title}
              rows={passkeys}
              keyOf={({ id }) => id}
              columns={[
                { head: text.label, cell: ({ label }) => <span class="path">{label}</span> },
                { head: words.account.created, cell: ({ createdAt }) => day(createdAt) },
                {
                  head: words.tokens.lastUsed,
                  cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? words.accounts.never : relative(lastUsedAt)),
                },
                {
                  head: words.actions,
                  isQuiet: true,
                  cell: (each) => (
                    <button
                      type="button"
                      class="quiet danger"
                      aria-label={text.removeOf(each.label)}
                      onClick={() => setRemoving(each)}
                    >
                      {text.remove}
                    </button>
                  ),
                },
              ]}
            />
          )
        }
      </Answered>
      {canUsePasskeys() ? (
        <Form submit={text.add} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(add())}>
          <TextField
            label={text.newLabel}
            hint={text.labelHint}
            value={given.label}
            onText={(label) => setGiven({ ...given, label })}
            maxLength={200}
            autocomplete="off"
            required
          />
          <TextField
            label={words.newPassword.present}
            type="password"
            autocomplete="current-password"
            value={given.password}
            onText={(password) => setGiven({ ...given, password })}
            required
          />
        </Form>
      ) : (
        <p class="notice">
          {text.notHere} {placeForPasskeys() !== undefined && <a href={placeForPasskeys()}>{placeForPasskeys()}</a>}
        </p>
      )}
      {removing && (
        <Confirm
          title={text.removeTitle(removing.label)}
          text={text.removeText}
          submit={text.remove}
          work={() => ask('DELETE', `/me/passkeys/${part(removing.id)}`)}
          onDone={() => {
            tell(text.removed);
            close();
          }}
          onClose={close}
        />
      )}
    </section>
  );
}
