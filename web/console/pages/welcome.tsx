import { useState } from 'preact/hooks';
import type { FirstOwner, Me } from '../../../src/service/admin/answers.ts';
import { ask } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Choice, Form, TextField } from '../../shared/parts/form.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { replaceWith } from '../../shared/router.ts';
import { Authenticator } from '../parts/authenticator.tsx';
import { Language } from '../parts/language.tsx';
import { words } from '../words/index.ts';

interface WelcomeOptions {
  /** Of the link. */
  readonly secret: string;
  readonly onSignedIn: (me: Me) => void;
  /** The owner is there, and signs in. */
  readonly onDone: () => void;
}

/** The first visit, by the link that the server has printed. */
export function Welcome({ secret, onSignedIn, onDone }: WelcomeOptions) {
  const [given, setGiven] = useState({ name: '', password: '', totp: true });
  const [factor, setFactor] = useState<FirstOwner['totp']>();
  const { isBusy, failure, run } = useAction();
  const text = words.welcome;
  const signIn = () => {
    replaceWith();
    onDone();
  };
  const submit = async () => {
    const made = await run(() => ask<FirstOwner>('POST', '/first-owner', { body: { secret, ...given } }));
    if (!made) return;
    setFactor(made.body.totp);
    if (made.body.totp) return;
    const { name, password } = given;
    const answer = await ask<Me>('POST', '/login', { body: { name, password } });
    replaceWith();
    if (answer.ok) onSignedIn(answer.body);
    else onDone();
  };
  return (
    <main class="alone">
      <p class="brand">{words.brand}</p>
      <div class="card">
        {factor ? (
          <>
            <h1>{text.secretTitle}</h1>
            <Authenticator totp={factor} />
            <div class="buttons">
              <button type="button" class="primary" onClick={signIn}>
                {text.go}
              </button>
            </div>
          </>
        ) : (
          <>
            <h1>{text.title}</h1>
            <p>{text.text}</p>
            <Form submit={text.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
              <TextField
                label={text.name}
                autocomplete="username"
                value={given.name}
                onText={(name) => setGiven({ ...given, name })}
                required
              />
              <TextField
                label={text.password}
                hint={text.passwordHint}
                type="password"
                autocomplete="new-password"
                value={given.password}
                onText={(password) => setGiven({ ...given, password })}
                required
              />
              <Choice
                label={text.totp}
                hint={text.totpHint}
                isChosen={given.totp}
                onChoose={(totp) => setGiven({ ...given, totp })}
              />
            </Form>
          </>
        )}
      </div>
      <Language />
    </main>
  );
}
