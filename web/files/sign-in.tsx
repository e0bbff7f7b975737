import { useEffect, useRef, useState } from 'preact/hooks';
import type { SignInBody, WebMe } from '../../src/web/contract.ts';
import { ask, type Failure } from '../shared/api.ts';
import { inBackground } from '../shared/in-background.ts';
import { Form, TextField } from '../shared/parts/form.tsx';
import { NewPassword } from './new-password.tsx';
import { words } from './words/index.ts';

interface SignInOptions {
  readonly note?: string | undefined;
  readonly onSignedIn: (me: WebMe) => void;
}

const text = words.signIn;

/** The name and the password; the code and another password where the server asks for them. */
export function SignIn({ note: first, onSignedIn }: SignInOptions) {
  const [given, setGiven] = useState({ user: '', password: '', code: '' });
  const [step, setStep] = useState<'password' | 'code' | 'new-password'>('password');
  const [state, setState] = useState<{ isBusy: boolean; failure?: Failure | undefined }>({ isBusy: false });
  const [note, setNote] = useState(first);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => card.current?.querySelector('input')?.focus(), [step]);
  const submit = async () => {
    setState({ isBusy: true });
    const { user, password, code } = given;
    const body: SignInBody = { user, password, ...(step === 'code' && { code: code.replaceAll(' ', '') }) };
    const answer = await ask<WebMe>('POST', '/session', { body });
    setState({ isBusy: false });
    if (answer.ok) onSignedIn(answer.body);
    else if (answer.failure.code === 'code-missing') setStep('code');
    else if (answer.failure.code === 'password-due') setStep('new-password');
    else {
      setState({ isBusy: false, failure: answer.failure });
      // A code is taken once, whatever became of it.
      setGiven({ user, password: step === 'code' ? password : '', code: '' });
    }
  };
  const again = (note?: string) => {
    setGiven({ ...given, password: '', code: '' });
    setStep('password');
    setNote(note);
  };
  if (step === 'new-password') return <NewPassword user={given.user} onDone={() => again(words.password.done)} />;
  const isCode = step === 'code';
  return (
    <main class="alone">
      <p class="brand">{words.brand}</p>
      <div class="card" ref={card}>
        <h1>{isCode ? text.codeTitle : text.title}</h1>
        {isCode && <p>{text.codeText}</p>}
        {note !== undefined && !isCode && (
          <p class="notice" role="status">
            {note}
          </p>
        )}
        <Form
          key={step}
          submit={text.submit}
          isBusy={state.isBusy}
          failure={state.failure}
          onSubmit={() => inBackground(submit())}
          more={
            isCode && (
              <button type="button" class="quiet" onClick={() => again()}>
                {text.back}
              </button>
            )
          }
        >
          {isCode ? (
            <TextField
              label={text.code}
              value={given.code}
              onText={(code) => setGiven({ ...given, code })}
              autocomplete="one-time-code"
              inputMode="numeric"
              required
            />
          ) : (
            <>
              <TextField
                label={text.name}
                value={given.user}
                onText={(user) => setGiven({ ...given, user })}
                autocomplete="username"
                autocapitalize="none"
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
            </>
          )}
        </Form>
      </div>
      <p class="hint">{text.forgotten}</p>
    </main>
  );
}
