import { useState } from 'preact/hooks';
import type { AdministratorAnswer, AdminRoleAnswer, PageAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Choice, Form, SelectField, TextField } from '../../shared/parts/form.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { Authenticator } from '../parts/authenticator.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Secret } from '../parts/secret.tsx';
import { words } from '../words/index.ts';

const text = words.administrators;
/** Groups that an administrator can be limited to by a click. */
const GROUPS = 100;

interface Shown {
  readonly password?: string;
  readonly totp?: { readonly secret: string; readonly uri: string };
}

/** What is told this once. */
function ShownOnce({ password, totp }: Shown) {
  return (
    <div role="status">
      {password !== undefined && (
        <>
          <p>{text.passwordShown}</p>
          <Secret value={password} label={words.signIn.password} />
        </>
      )}
      {totp && (
        <>
          <p>{text.totpShown}</p>
          <Authenticator totp={totp} />
        </>
      )}
    </div>
  );
}

interface Reach {
  readonly role: AdminRoleAnswer;
  readonly groups: readonly string[];
}

function ReachFields({ reach, onReach }: { readonly reach: Reach; readonly onReach: (reach: Reach) => void }) {
  const { body } = useAnswer<PageAnswer<'groups', { readonly name: string }>>('/groups', { limit: String(GROUPS) });
  const names = [...new Set([...(body?.groups.map(({ name }) => name) ?? []), ...reach.groups])];
  return (
    <>
      <SelectField
        label={text.role}
        value={reach.role}
        options={text.roles}
        onText={(role) => onReach({ ...reach, role: role as AdminRoleAnswer })}
      />
      {names.length > 0 && (
        <fieldset>
          <legend>{text.limitTo}</legend>
          <p class="hint">{text.limitHint}</p>
          <div class="checks">
            {names.map((name) => (
              <Choice
                key={name}
                label={name}
                isChosen={reach.groups.includes(name)}
                onChoose={(isChosen) => {
                  const others = reach.groups.filter((each) => each !== name);
                  onReach({ ...reach, groups: isChosen ? [...others, name] : others });
                }}
              />
            ))}
          </div>
        </fieldset>
      )}
    </>
  );
}

export function AddAdministrator({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [reach, setReach] = useState<Reach>({ role: 'operator', groups: [] });
  const [totp, setTotp] = useState(true);
  const [made, setMade] = useState<Shown>();
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    const answer = await run(() => ask<Shown>('POST', '/administrators', { body: { name, ...reach, totp } }));
    if (answer) setMade(answer.body);
  };
  return (
    <Dialog title={made ? text.added(name) : text.add} onClose={onClose}>
      {made ? (
        <ShownOnce {...made} />
      ) : (
        <Form submit={text.addSubmit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
          <TextField label={words.accounts.name} value={name} onText={setName} autocomplete="off" required />
          <ReachFields reach={reach} onReach={setReach} />
          <Choice label={text.withTotp} hint={text.withTotpHint} isChosen={totp} onChoose={setTotp} />
        </Form>
      )}
    </Dialog>
  );
}

interface ActionsOptions {
  readonly administrator: AdministratorAnswer;
  readonly refresh: () => void;
}

/** Role and groups, disable and enable, another password or authenticator, tokens, remove. */
export function AdministratorActions({ administrator: shown, refresh }: ActionsOptions) {
  const { administrator: name, role, groups, disabled, passkeys } = shown;
  const [asking, setAsking] = useState<'open' | 'remove'>();
  const [reach, setReach] = useState<Reach>({ role, groups });
  const [told, setTold] = useState<Shown>();
  const { isBusy, failure, run } = useAction();
  const tell = useTell();
  const path = `/administrators/${part(name)}`;
  const close = () => {
    setAsking(undefined);
    setTold(undefined);
    refresh();
  };
  const done = () => {
    tell(text.saved);
    close();
  };
  const make = async (of: 'password' | 'totp') => {
    const made = await run(() => ask<{ password?: string; secret: string; uri: string }>('POST', `${path}/${of}`));
    if (!made) return;
    const { body } = made;
    setTold(of === 'totp' ? { totp: body } : { password: body.password ?? '' });
  };
  const removePasskeys = async () => {
    if (await run(() => ask('DELETE', `${path}/passkeys`))) done();
  };
  const change = async (body: object) => {
    if (await run(() => ask('PATCH', path, { body }))) done();
  };
  return (
    <>
      <button type="button" class="quiet" aria-label={text.changeOf(name)} onClick={() => setAsking('open')}>
        {words.settings.change}
      </button>
      {asking === 'open' && (
        <Dialog title={name} onClose={close}>
          {told ? (
            <ShownOnce {...told} />
          ) : (
            <Form
              submit={words.settings.save}
              isBusy={isBusy}
              failure={failure}
              onSubmit={() => inBackground(change(reach))}
              more={
                <a class="button" href={linkTo('tokens', name)}>
                  {words.tokens.title}
                </a>
              }
            >
              <ReachFields reach={reach} onReach={setReach} />
              <div class="buttons">
                <button type="button" onClick={() => inBackground(make('password'))}>
                  {words.account.password}
                </button>
                <button type="button" onClick={() => inBackground(make('totp'))}>
                  {text.newTotp}
                </button>
                {passkeys > 0 && (
                  <button type="button" class="danger" onClick={() => inBackground(removePasskeys())}>
                    {text.removePasskeys}
                  </button>
                )}
                <button type="button" class="danger" onClick={() => inBackground(change({ disabled: !disabled }))}>
                  {disabled ? words.account.enable : words.account.disable}
                </button>
                <button type="button" class="danger" onClick={() => setAsking('remove')}>
                  {text.remove}
                </button>
              </div>
              <p class="hint">{text.endsSessions}</p>
            </Form>
          )}
        </Dialog>
      )}
      {asking === 'remove' && (
        <Confirm
          title={text.removeTitle(name)}
          text={text.removeText}
          submit={text.remove}
          work={() => ask('DELETE', path)}
          onDone={done}
          onClose={close}
        />
      )}
    </>
  );
}
