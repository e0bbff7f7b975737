import { useState } from 'preact/hooks';
import type { Me } from '../../../src/service/admin/answers.ts';
import { ask } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { Language } from '../parts/language.tsx';
import { canUsePasskeys, signInByPasskey } from '../passkeys.ts';
import { words } from '../words/index.ts';

interface SignInOptions {
  readonly note?: string | undefined;
  readonly onSignedIn: (me: Me) => void;
}

export function SignIn({ note, onSignedIn }: SignInOptions) {
  const [given, setGiven] = useState({ name: '', password: '', code: '' });
  const { isBusy, failure, run } = useAction();
  const text = words.signIn;
  const submit = async () => {
    const { name, password, code } = given;
    const body = { name, password, ...(code !== '' && { code: code.replaceAll(' ', '') }) };
    const answer = await run(() => ask<Me>('POST', '/login', { body }));
    if (answer) onSignedIn(answer.body);
    // A code is taken once, whatever became of it.
    else setGiven({ name, password: '', code: '' });
  };
  const byPasskey = async () => {
    const answer = await run(signInByPasskey);
    if (answer) onSignedIn(answer.body);
  };
  return (
    <main class="alone">
      <p class="brand">{words.brand}</p>
      <div class="card">
        <h1>{text.title}</h1>
        {note !== undefined && (
          <p class="notice" role="status">
            {note}
          </p>
        )}
        <Form
          submit={text.submit}
          isBusy={isBusy}
          failure={failure}
          onSubmit={() => inBackground(submit())}
          more={
            canUsePasskeys() && (
              <button type="button" onClick={() => inBackground(byPasskey())}>
                {text.byPasskey}
              </button>
            )
          }
        >
          <TextField
            label={text.name}
            value={given.name}
            onText={(name) => setGiven({ ...given, name })}
            autocomplete="username"
            required
          />
          <TextField
            label={text.password}
            type="password"
            value={given.password}
            onText={(password) => setGiven({ ...given, password })}
            autocomplete="current-password"
            required
          />
          <TextField
            label={text.code}
            hint={text.codeHint}
            value={given.code}
            onText={(code) => setGiven({ ...given, code })}
            autocomplete="one-time-code"
            inputMode="numeric"
          />
        </Form>
      </div>
      <p class="hint">{text.forgotten}</p>
      <Language />
    </main>
  );
}
