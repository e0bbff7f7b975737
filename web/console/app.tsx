import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Me } from '../../src/service/admin/answers.ts';
import { ask, type Failure, useCsrf, whenSignedOut } from '../shared/api.ts';
import { inBackground } from '../shared/in-background.ts';
import { FailureNotice } from '../shared/parts/states.tsx';
import { usePlace } from '../shared/router.ts';
import { Frame } from './frame.tsx';
import { Reader } from './me.ts';
import { NewPassword } from './pages/new-password.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Welcome } from './pages/welcome.tsx';
import { words } from './words/index.ts';

type State =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable'; readonly failure: Failure }
  | { readonly kind: 'signed-out'; readonly note?: string }
  | { readonly kind: 'signed-in'; readonly me: Me };

const AGAIN_MS = 3000;

export function App() {
  const [state, setState] = useState<State>({ kind: 'asking' });
  const [first, ...rest] = usePlace();
  const signedIn = useCallback((me: Me) => {
    useCsrf(me.csrf);
    setState({ kind: 'signed-in', me });
  }, []);
  const signedOut = useCallback((note?: string) => {
    useCsrf(undefined);
    setState({ kind: 'signed-out', ...(note !== undefined && { note }) });
  }, []);
  const look = useCallback(async () => {
    const answer = await ask<Me>('GET', '/me');
    if (answer.ok) signedIn(answer.body);
    else if (answer.failure.status === 401) signedOut();
    else setState({ kind: 'unreachable', failure: answer.failure });
  }, []);
  useEffect(() => {
    whenSignedOut(() => signedOut(words.signIn.isOver));
    inBackground(look());
  }, []);
  useEffect(() => {
    if (state.kind !== 'unreachable') return undefined;
    const timer = setTimeout(() => inBackground(look()), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [state]);

  if (state.kind === 'asking') return <p class="loading alone">{words.loading}</p>;
  if (state.kind === 'unreachable') {
    return (
      <main class="alone">
        <FailureNotice failure={state.failure} retry={() => inBackground(look())} />
      </main>
    );
  }
  if (state.kind === 'signed-out') {
    if (first === 'welcome') return <Welcome secret={rest[0] ?? ''} onDone={signedOut} onSignedIn={signedIn} />;
    return <SignIn note={state.note} onSignedIn={signedIn} />;
  }
  if (state.me.mustChangePassword) return <NewPassword onDone={() => signedOut(words.newPassword.done)} />;
  return (
    <Reader.Provider value={state.me}>
      <Frame onSignedOut={signedOut} />
    </Reader.Provider>
  );
}
