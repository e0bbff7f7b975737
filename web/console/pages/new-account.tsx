import { useState } from 'preact/hooks';
import type { ListedGroup, MadeAccount, PageAnswer, PresetAnswer } from '../../../src/service/admin/answers.ts';
import { ask } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Choice, Form, TextField } from '../../shared/parts/form.tsx';
import { Answered } from '../../shared/parts/states.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { Secret } from '../parts/secret.tsx';
import { words } from '../words/index.ts';

const text = words.newAccount;
/** More groups than that are found at the account itself. */
const GROUPS = 20;

/** What an account begins with: a usual case, or what a group gives. */
interface Beginning {
  readonly key: string;
  readonly title: string;
  readonly summary: string;
  readonly settings: object;
  /** Nobody else says where its files are. */
  readonly needsHome: boolean;
}

/** An account from a usual case: a name is all that has to be said. */
export function NewAccount() {
  const { mayAct, isWholeServer } = useReader();
  const [name, setName] = useState('');
  const [key, setKey] = useState<string>();
  const [ownHome, setOwnHome] = useState<string>();
  const [made, setMade] = useState<MadeAccount>();
  const { isBusy, failure, run } = useAction();
  const presets = useAnswer<{ readonly presets: readonly PresetAnswer[] }>('/presets');
  const groups = useAnswer<PageAnswer<'groups', ListedGroup>>('/groups', { limit: String(GROUPS) });
  const beginnings = [
    // Rights are the groups' own for whoever is limited to some.
    ...(isWholeServer ? (presets.body?.presets ?? []).map(fromPreset) : []),
    ...(groups.body?.groups ?? []).map(fromGroup),
  ];
  const chosen = beginnings.find((each) => each.key === key) ?? beginnings[0];
  const home = ownHome ?? `/${name}`;
  const submit = async () => {
    const settings = { ...chosen?.settings, ...(chosen?.needsHome && { home }) };
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
        <Secret value={made.password ?? ''} label={words.signIn.password} />
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
              {() =>
                beginnings.map(({ key: each, title, summary }) => (
                  <Choice
                    key={each}
                    name="beginning"
                    label={title}
                    hint={summary}
                    isChosen={chosen?.key === each}
                    onChoose={() => setKey(each)}
                  />
                ))
              }
            </Answered>
          </fieldset>
          {chosen?.needsHome && (
            <TextField
              label={text.home}
              hint={text.homeHint}
              value={home}
              onText={setOwnHome}
              autocomplete="off"
              spellcheck={false}
              required
            />
          )}
        </Form>
      </section>
    </>
  );
}

function fromPreset({ name, summary: english, settings }: PresetAnswer): Beginning {
  const [title, summary] = text.presets[name] ?? [name, english];
  return { key: `preset ${name}`, title, summary, settings, needsHome: true };
}

function fromGroup(group: ListedGroup): Beginning {
  const { name } = group;
  const needsHome = 'settings' in group && group.settings.home === undefined;
  return {
    key: `group ${name}`,
    title: text.group(name),
    summary: text.groupSummary,
    settings: { groups: [name] },
    needsHome,
  };
}
