import { words } from '../words/index.ts';
import { OwnPassword } from './me.tsx';

/** Whoever signs in by a password that somebody else made sets another one first. */
export function NewPassword({ onDone }: { readonly onDone: () => void }) {
  const text = words.newPassword;
  return (
    <main class="alone">
      <p class="brand">{words.brand}</p>
      <div class="card">
        <h1>{text.title}</h1>
        <p>{text.text}</p>
        <OwnPassword onDone={onDone} />
      </div>
    </main>
  );
}
