import type { WebMe } from '../../src/web/contract.ts';
import { bytes } from '../shared/format.ts';
import { useTell } from '../shared/parts/told.tsx';
import { useAnswer } from '../shared/use-answer.ts';
import { PasswordForm } from './new-password.tsx';
import { useMe } from './reader.ts';
import { words } from './words/index.ts';

const text = words.account;

export function MyAccount() {
  const known = useMe();
  const { body: me = known } = useAnswer<WebMe>('/me');
  const tell = useTell();
  return (
    <>
      <h1>{text.title}</h1>
      <div class="cards">
        <section class="card">
          <div>
            <p class="label">{text.signedInAs}</p>
            <p class="value cut">{me.user}</p>
          </div>
          {me.space && <Space {...me.space} />}
          <div>
            <h2>{text.rights}</h2>
            <ul class="badges plain">
              {me.rights.length === 0 && <li class="badge">{text.nothing}</li>}
              {me.rights.map((right) => (
                <li key={right} class="badge">
                  {text.rightNames[right]}
                </li>
              ))}
            </ul>
            <p class="hint">{text.rightsHint}</p>
          </div>
        </section>
        <section class="card">
          <h2>{text.password}</h2>
          <PasswordForm onDone={() => tell(words.password.changed)} />
        </section>
      </div>
    </>
  );
}

function Space({ free, total }: NonNullable<WebMe['space']>) {
  const used = Math.max(0, total - free);
  return (
    <div class="field">
      <h2>{text.space}</h2>
      <progress aria-label={text.space} value={used} max={Math.max(1, total)} />
      <p class="muted">
        {text.used(bytes(used), bytes(total))} · {text.free(bytes(free))}
      </p>
    </div>
  );
}
