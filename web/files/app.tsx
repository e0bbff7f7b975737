import { useCallback, useEffect, useState } from 'preact/hooks';
import type { WebMe } from '../../src/web/contract.ts';
import { ask, type Failure, useCsrf, whenSignedOut } from '../shared/api.ts';
import { inBackground } from '../shared/in-background.ts';
import { FailureNotice } from '../shared/parts/states.tsx';
import { FileFrame } from './frame.tsx';
import { Visitor } from './reader.ts';
import { SignIn } from './sign-in.tsx';
import { uploads } from './uploads/queue.ts';
import { words } from './words/index.ts';

type State =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unreachable'; readonly failure: Failure }
  | { readonly kind: 'signed-out'; readonly note?: string }
  | { readonly kind: 'signed-in'; readonly me: WebMe };

const AGAIN_MS = 3000;

export function App() {
  const [state, setState] = useState<State>({ kind: 'asking' });
  const signedIn = useCallback((me: WebMe) => {
    useCsrf(me.csrf);
    uploads.begin(me);
    setState({ kind: 'signed-in', me });
  }, []);
  const signedOut = useCallback((note?: string) => {
    useCsrf(undefined);
    uploads.halt();
    setState({ kind: 'signed-out', ...(note !== undefined && { note }) });
  }, []);
  const look = useCallback(async () => {
    const answer = await ask<WebMe>('GET', '/me');
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
  if (state.kind === 'signed-out') return <SignIn note={state.note} onSignedIn={signedIn} />;
  return (
    <Visitor.Provider value={state.me}>
      <FileFrame onSignedOut={() => (uploads.clear(), signedOut())} />
    </Visitor.Provider>
  );
}
