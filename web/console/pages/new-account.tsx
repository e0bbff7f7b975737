import { useId, useState } from 'preact/hooks';
import type { MadeAccount, PresetAnswer } from '../../../src/service/admin/answers.ts';
import { ask } from '../api.ts';
import { inBackground } from '../in-background.ts';
import { useReader } from '../me.ts';
import { Form, TextField } from '../parts/form.tsx';
import { Answered } from '../parts/states.tsx';
import { useAction } from '../parts/use-action.ts';
import { linkTo } from '../router.ts';
import { useAnswer } from '../use-answer.ts';
import { words } from '../words/index.ts';

const text = words.newAccount;

/** An account from a usual case: a name is all that has to be said. */
export function NewAccount() {
  const { mayAct } = useReader();
  const [name, setName] = useState('');
  const [preset, setPreset] = useState<PresetAnswer>();
  const presets = useAnswer<{ readonly presets: readonly PresetAnswer[] }>('/presets');
  const [ownHome, setOwnHome] = useState<string>();
  const [made, setMade] = useState<MadeAccount>();
  const { isBusy, failure, run } = useAction();
  const home = ownHome ?? `/${name}`;
  const submit = async () => {
    const chosen = preset ?? presets.body?.presets[0];
    const settings = { ...chosen?.settings, home };
    const answer = await run(() => ask<MadeAccount>('POST', '/accounts', { body: { name, settings, generate: true } }));
    if (answer) setMade(answer.body);
  };
  const another = () => {
    setMade(undefined);
    setName('');
    setOwnHome(undefined);
  };
  if (!mayAct) {
    return (
      <>
        <h1>{text.title}</h1>
        <p>{words.notAllowed}</p>
      </>
    );
  }
  if (made) {
    return (
      <section class="card" role="status">
        <h1>{text.made(made.name)}</h1>
        <p>{words.account.passwordShown}</p>
        <p class="secret">{made.password}</p>
        <div class="buttons">
          <button type="button" onClick={another}>
            {text.another}
          </button>
          <a class="button primary" href={linkTo('accounts', made.name)}>
            {text.open}
          </a>
        </div>
      </section>
    );
  }
  return (
    <>
      <p>
        <a href={linkTo('accounts')}>{words.account.back}</a>
      </p>
      <h1>{text.title}</h1>
      <section class="card narrow">
        <Form submit={text.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
          <TextField
            label={text.name}
            hint={text.nameHint}
            value={name}
            onText={setName}
            autocomplete="off"
            spellcheck={false}
            required
          />
          <fieldset>
            <legend>{text.preset}</legend>
            <Answered loaded={presets}>
              {({ presets: [first, ...others] }) =>
                first &&
                [first, ...others].map((each) => (
                  <Choice
                    key={each.name}
                    preset={each}
                    isChosen={(preset ?? first).name === each.name}
                    onChoose={() => setPreset(each)}
                  />
                ))
              }
            </Answered>
          </fieldset>
          <TextField
            label={text.home}
            hint={text.homeHint}
            value={home}
            onText={setOwnHome}
            autocomplete="off"
            spellcheck={false}
            required
          />
        </Form>
      </section>
    </>
  );
}

interface ChoiceOptions {
  readonly preset: PresetAnswer;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Choice({ preset, isChosen, onChoose }: ChoiceOptions) {
  const id = useId();
  const [title, summary] = text.presets[preset.name] ?? [preset.name, preset.summary];
  return (
    <div class="check choice">
      <input
        id={id}
        type="radio"
        name="preset"
        checked={isChosen}
        aria-describedby={`${id}-hint`}
        onChange={onChoose}
      />
      <label for={id}>{title}</label>
      <p class="hint" id={`${id}-hint`}>
        {summary}
      </p>
    </div>
  );
}
