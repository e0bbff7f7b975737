import { useState } from 'preact/hooks';
import type { AccountAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form } from '../../shared/parts/form.tsx';
import { changedMeanwhile, FailureNotice } from '../../shared/parts/states.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { replaceWith } from '../../shared/router.ts';
import { words } from '../words/index.ts';
import { Authenticator } from './authenticator.tsx';
import { Confirm } from './confirm.tsx';
import { Secret } from './secret.tsx';

const text = words.account;

interface ActionsOptions {
  readonly account: AccountAnswer;
  /** The version that is shown: what somebody else has changed since is not overwritten. */
  readonly etag: string | undefined;
  readonly refresh: () => void;
}

/** Disable and enable, unlock, another password, the second factor, remove. */
export function AccountActions({ account: { name, state, settings, hasTotp }, etag, refresh }: ActionsOptions) {
  const [asking, setAsking] = useState<'disable' | 'password' | 'totp' | 'totp-off' | 'remove'>();
  const { failure, run, forget } = useAction();
  const tell = useTell();
  const path = `/accounts/${part(name)}`;
  const close = () => {
    setAsking(undefined);
    forget();
    refresh();
  };
  const done = (told: string) => {
    tell(told);
    close();
  };
  const setDisabled = (disabled: boolean) => ask('PATCH', path, { body: { set: { disabled } }, ifMatch: etag });
  const act = async (work: Parameters<typeof run>[0], told: string) => {
    if (await run(work)) done(told);
  };
  return (
    <div class="buttons">
      {state === 'locked' && (
        <button type="button" onClick={() => inBackground(act(() => ask('POST', `${path}/unlock`), text.unlocked))}>
          {text.unlock}
        </button>
      )}
      <button type="button" onClick={() => setAsking('password')}>
        {text.password}
      </button>
      <button type="button" onClick={() => setAsking('totp')}>
        {hasTotp ? text.totpAnew : text.totpTurnOn}
      </button>
      {hasTotp && (
        <button type="button" class="danger" onClick={() => setAsking('totp-off')}>
          {text.totpTurnOff}
        </button>
      )}
      {settings.disabled ? (
        <button type="button" onClick={() => inBackground(act(() => setDisabled(false), text.enabled))}>
          {text.enable}
        </button>
      ) : (
        <button type="button" class="danger" onClick={() => setAsking('disable')}>
          {text.disable}
        </button>
      )}
      <button type="button" class="danger" onClick={() => setAsking('remove')}>
        {text.remove}
      </button>
      {asking === undefined && failure && <FailureNotice failure={changedMeanwhile(failure)} retry={refresh} />}
      {asking === 'disable' && (
        <Confirm
          title={text.disableTitle(name)}
          text={text.disableText}
          submit={text.disable}
          work={() => setDisabled(true)}
          onDone={() => done(text.disabled)}
          onClose={close}
        />
      )}
      {asking === 'password' && <PasswordDialog name={name} path={path} onClose={close} />}
      {asking === 'totp' && <TotpDialog name={name} path={path} onClose={close} />}
      {asking === 'totp-off' && (
        <Confirm
          title={text.totpOffTitle(name)}
          text={text.totpOffText}
          submit={text.totpTurnOff}
          work={() => ask('DELETE', `${path}/totp`)}
          onDone={() => done(text.totpIsOff)}
          onClose={close}
        />
      )}
      {asking === 'remove' && (
        <Confirm
          title={text.removeTitle(name)}
          text={text.removeText}
          submit={text.remove}
          work={() => ask('DELETE', path, { ifMatch: etag })}
          onDone={() => {
            tell(text.removed(name));
            replaceWith('accounts');
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

interface MakingOptions {
  readonly name: string;
  readonly path: string;
  readonly onClose: () => void;
}

function PasswordDialog({ name, path, onClose }: MakingOptions) {
  const [password, setPassword] = useState<string>();
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    const made = await run(() =>
      ask<{ readonly password?: string }>('POST', `${path}/password`, { body: { generate: true } }),
    );
    if (made) setPassword(made.body.password);
  };
  return (
    <Dialog title={text.passwordTitle(name)} onClose={onClose}>
      {password === undefined ? (
        <>
          <p>{text.passwordText}</p>
          <Form submit={text.passwordMake} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
            {null}
          </Form>
        </>
      ) : (
        <div role="status">
          <p>{text.passwordShown}</p>
          <Secret value={password} label={words.signIn.password} />
        </div>
      )}
    </Dialog>
  );
}

function TotpDialog({ name, path, onClose }: MakingOptions) {
  const [totp, setTotp] = useState<{ readonly secret: string; readonly uri: string }>();
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    const made = await run(() => ask<NonNullable<typeof totp>>('POST', `${path}/totp`));
    if (made) setTotp(made.body);
  };
  return (
    <Dialog title={text.totpTitle(name)} onClose={onClose}>
      {totp === undefined ? (
        <>
          <p>{text.totpText}</p>
          <Form submit={text.totpMake} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
            {null}
          </Form>
        </>
      ) : (
        <div role="status">
          <p>{text.totpShown}</p>
          <Authenticator totp={totp} />
        </div>
      )}
    </Dialog>
  );
}
