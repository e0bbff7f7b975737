import { useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { inBackground } from '../in-background.ts';
import { Form, TextField } from '../parts/form.tsx';
import { useAction } from '../parts/use-action.ts';
import { words } from '../words/index.ts';

/** Whoever signs in by a password that somebody else made sets another one first. */
export function NewPassword({ onDone }: { readonly onDone: () => void }) {
  const [given, setGiven] = useState({ password: '', newPassword: '' });
  const { isBusy, failure, run } = useAction();
  const text = words.newPassword;
  const submit = async () => {
    if (await run(() => ask('POST', '/me/password', { body: given }))) onDone();
  };
  return (
    <main class="alone">
      <p class="brand">{words.brand}</p>
      <div class="card">
        <h1>{text.title}</h1>
        <p>{text.text}</p>
        <Form submit={text.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
          <TextField
            label={text.present}
            type="password"
            autocomplete="current-password"
            value={given.password}
            onText={(password) => setGiven({ ...given, password })}
            required
          />
          <TextField
            label={text.next}
            type="password"
            autocomplete="new-password"
            value={given.newPassword}
            onText={(newPassword) => setGiven({ ...given, newPassword })}
            required
          />
        </Form>
      </div>
    </main>
  );
}
