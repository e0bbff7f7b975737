import { useState } from 'preact/hooks';
import type { PasswordBody } from '../../src/web/contract.ts';
import { ask } from '../shared/api.ts';
import { inBackground } from '../shared/in-background.ts';
import { Form, TextField } from '../shared/parts/form.tsx';
import { useAction } from '../shared/parts/use-action.ts';
import { words } from './words/index.ts';

const text = words.password;

interface PasswordOptions {
  /** Where nobody is signed in. */
  readonly user?: string;
  readonly onDone: () => void;
}

/** A password that has to be changed before anything else. */
export function NewPassword(options: PasswordOptions) {
  return (
    <main class="alone">
      <p class="brand">{words.brand}</p>
      <div class="card">
        <h1>{text.title}</h1>
        <p>{text.text}</p>
        <PasswordForm {...options} />
      </div>
    </main>
  );
}

export function PasswordForm({ user, onDone }: PasswordOptions) {
  const [given, setGiven] = useState({ from: '', to: '' });
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    const body: PasswordBody = { ...given, ...(user !== undefined && { user }) };
    if (!(await run(() => ask('POST', '/password', { body })))) return;
    setGiven({ from: '', to: '' });
    onDone();
  };
  return (
    <Form submit={text.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
      <TextField
        label={text.present}
        type="password"
        autocomplete="current-password"
        value={given.from}
        onText={(from) => setGiven({ ...given, from })}
        required
      />
      <TextField
        label={text.next}
        hint={text.hint}
        type="password"
        autocomplete="new-password"
        value={given.to}
        onText={(to) => setGiven({ ...given, to })}
        required
      />
    </Form>
  );
}
