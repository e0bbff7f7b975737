import { useState } from 'preact/hooks';
import { ask } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered, Facts } from '../../shared/parts/states.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { Authenticator } from '../parts/authenticator.tsx';
import { words } from '../words/index.ts';
import { Passkeys } from './passkeys.tsx';

const text = words.me;

/** What somebody who administers has, and changes, of oneself. */
export function MePage({ onSignedOut }: { readonly onSignedOut: (note: string) => void }) {
  const { me } = useReader();
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <h1>{text.title}</h1>
      <section class="card">
        <h2 class="path">{me.administrator}</h2>
        <Facts
          rows={[
            [words.administrators.role, words.roles[me.role]],
            [words.administrators.reach, me.groups?.join(', ') ?? words.administrators.wholeServer],
            [
              words.tokens.title,
              <a key="tokens" href={linkTo('tokens')}>
                {text.tokens}
              </a>,
            ],
          ]}
        />
      </section>
      <section class="card narrow">
        <h2>{text.password}</h2>
        <p class="muted">{text.endsSessions}</p>
        <OwnPassword onDone={() => onSignedOut(words.newPassword.done)} />
      </section>
      <Passkeys />
      <section class="card narrow">
        <h2>{text.authenticator}</h2>
        <p class="muted">{text.authenticatorText}</p>
        {isMaking ? (
          <OwnAuthenticator onDone={() => onSignedOut(text.authenticatorSet)} />
        ) : (
          <div class="buttons">
            <button type="button" onClick={() => setMaking(true)}>
              {text.authenticatorMake}
            </button>
          </div>
        )}
      </section>
    </>
  );
}

/** The present password and the next one. */
export function OwnPassword({ onDone }: { readonly onDone: () => void }) {
  const [given, setGiven] = useState({ password: '', newPassword: '' });
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    if (await run(() => ask('POST', '/me/password', { body: given }))) onDone();
  };
  return (
    <Form submit={words.newPassword.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
      <TextField
        label={words.newPassword.present}
        type="password"
        autocomplete="current-password"
        value={given.password}
        onText={(password) => setGiven({ ...given, password })}
        required
      />
      <TextField
        label={words.newPassword.next}
        type="password"
        autocomplete="new-password"
        value={given.newPassword}
        onText={(newPassword) => setGiven({ ...given, newPassword })}
        required
      />
    </Form>
  );
}

/** The server keeps the secret once a code of it was shown: nobody is locked out by an authenticator that has not got it. */
function OwnAuthenticator({ onDone }: { readonly onDone: () => void }) {
  const loaded = useAnswer<{ readonly secret: string; readonly uri: string }>('/me/new-totp');
  const [given, setGiven] = useState({ password: '', code: '' });
  const { isBusy, failure, run } = useAction();
  return (
    <Answered loaded={loaded}>
      {(totp) => (
        <>
          <Authenticator totp={totp} />
          <Form
            submit={text.authenticatorSubmit}
            isBusy={isBusy}
            failure={failure}
            onSubmit={() =>
              inBackground(
                run(() => ask('POST', '/me/totp', { body: { ...given, secret: totp.secret } })).then(
                  (done) => done && onDone(),
                ),
              )
            }
          >
            <TextField
              label={text.newCode}
              value={given.code}
              onText={(code) => setGiven({ ...given, code: code.replaceAll(' ', '') })}
              autocomplete="one-time-code"
              inputMode="numeric"
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
        </>
      )}
    </Answered>
  );
}
