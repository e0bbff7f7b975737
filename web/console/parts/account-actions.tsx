import { useState } from 'preact/hooks';
import type { AccountAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../api.ts';
import { inBackground } from '../in-background.ts';
import { words } from '../words/index.ts';
import { Dialog } from './dialog.tsx';
import { Form } from './form.tsx';
import { FailureNotice } from './states.tsx';
import { useTell } from './told.tsx';
import { useAction } from './use-action.ts';

const text = words.account;

interface ActionsOptions {
  readonly account: AccountAnswer;
  /** The version that is shown: what somebody else has changed since is not overwritten. */
  readonly etag: string | undefined;
  readonly refresh: () => void;
}

/** Disable and enable, unlock, another password. */
export function AccountActions({ account: { name, state, settings }, etag, refresh }: ActionsOptions) {
  const [asking, setAsking] = useState<'disable' | 'password'>();
  const { isBusy, failure, run, forget } = useAction();
  const tell = useTell();
  const path = `/accounts/${part(name)}`;
  const close = () => {
    setAsking(undefined);
    forget();
    refresh();
  };
  const setDisabled = async (disabled: boolean) => {
    const done = await run(() => ask('PATCH', path, { body: { set: { disabled } }, ifMatch: etag }));
    if (!done) return;
    tell(disabled ? text.disabled : text.enabled);
    close();
  };
  const unlock = async () => {
    if (!(await run(() => ask('POST', `${path}/unlock`)))) return;
    tell(text.unlocked);
    close();
  };
  const shownFailure = failure && (failure.status === 412 ? { ...failure, message: text.changed } : failure);
  return (
    <div class="buttons">
      {state === 'locked' && (
        <button type="button" onClick={() => inBackground(unlock())}>
          {text.unlock}
        </button>
      )}
      <button type="button" onClick={() => setAsking('password')}>
        {text.password}
      </button>
      {settings.disabled ? (
        <button type="button" onClick={() => inBackground(setDisabled(false))}>
          {text.enable}
        </button>
      ) : (
        <button type="button" class="danger" onClick={() => setAsking('disable')}>
          {text.disable}
        </button>
      )}
      {asking === undefined && shownFailure && <FailureNotice failure={shownFailure} retry={refresh} />}
      {asking === 'disable' && (
        <Dialog title={text.disableTitle(name)} onClose={close}>
          <p>{text.disableText}</p>
          <Form
            submit={text.disable}
            isBusy={isBusy}
            failure={shownFailure}
            onSubmit={() => inBackground(setDisabled(true))}
          >
            {null}
          </Form>
        </Dialog>
      )}
      {asking === 'password' && <PasswordDialog name={name} path={path} onClose={close} />}
    </div>
  );
}

interface PasswordOptions {
  readonly name: string;
  readonly path: string;
  readonly onClose: () => void;
}

function PasswordDialog({ name, path, onClose }: PasswordOptions) {
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
          <p class="secret">{password}</p>
        </div>
      )}
    </Dialog>
  );
}
