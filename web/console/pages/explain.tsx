import { useState } from 'preact/hooks';
import type { ExplanationAnswer } from '../../../src/service/admin/answers.ts';
import { ask } from '../../shared/api.ts';
import { moment } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Facts } from '../../shared/parts/states.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { Choice } from '../parts/choice.tsx';
import { words } from '../words/index.ts';

const text = words.explain;

/** Why an account may do something or not, and what would change that. */
export function Explain() {
  const [given, setGiven] = useState({ account: '', verb: 'LOGIN', path: '', from: '', isPlain: false });
  const [answer, setAnswer] = useState<ExplanationAnswer>();
  const { isBusy, failure, run } = useAction();
  const { account, verb, path, from, isPlain } = given;
  const isOfPath = account !== '' && verb !== 'LOGIN';
  const submit = async () => {
    const body = {
      ...(account !== '' && { account, isPlain }),
      ...(isOfPath && { command: [verb], path }),
      ...(from !== '' && { from }),
    };
    setAnswer((await run(() => ask<ExplanationAnswer>('POST', '/explain', { body })))?.body);
  };
  return (
    <>
      <h1>{text.title}</h1>
      <p class="muted">{text.text}</p>
      <section class="card" aria-label={text.title}>
        <Form submit={text.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
          <div class="filters">
            <TextField
              label={text.account}
              hint={text.accountHint}
              value={account}
              autocomplete="off"
              required={from === ''}
              onText={(value) => setGiven({ ...given, account: value })}
            />
            <Choice
              label={text.action}
              value={verb}
              options={text.actions}
              onChoice={(value) => setGiven({ ...given, verb: value })}
            />
            <TextField
              label={text.path}
              hint={text.pathHint}
              value={path}
              required={isOfPath}
              autocomplete="off"
              onText={(value) => setGiven({ ...given, path: value })}
            />
            <TextField
              label={text.address}
              value={from}
              autocomplete="off"
              onText={(value) => setGiven({ ...given, from: value })}
            />
          </div>
          <label class="check">
            <input
              type="checkbox"
              checked={isPlain}
              onChange={({ currentTarget }) => setGiven({ ...given, isPlain: currentTarget.checked })}
            />
            {text.isPlain}
          </label>
        </Form>
      </section>
      <div role="status">{answer && <Told answer={answer} />}</div>
    </>
  );
}

function Told({ answer }: { readonly answer: ExplanationAnswer }) {
  const { account = '', verdict, reply, decidedBy, facts, assumed, unknown, failures, from } = answer;
  const isAllowed = verdict === 'allowed';
  const notes = [
    [text.assumed, assumed],
    [text.unknown, unknown],
  ] as const;
  return (
    <div class="stack">
      {verdict && (
        <section class={`notice ${isAllowed ? 'good' : 'bad'}`}>
          <h2>{isAllowed ? text.may(account) : text.mayNot(account)}</h2>
          {decidedBy && (
            <p>
              {text.decided}: {decidedBy.text}
            </p>
          )}
          {decidedBy?.change !== undefined && (
            <p>
              {text.change}: <code class="path">{decidedBy.change}</code>
            </p>
          )}
          {reply && (
            <p>
              {text.answered}: {reply.code} {reply.text}
            </p>
          )}
        </section>
      )}
      {facts.length > 0 && (
        <section class="card">
          <h2>{text.facts}</h2>
          <Facts
            rows={facts.map(({ subject, text: fact, origin }) => [subject, origin ? `${fact} (${origin})` : fact])}
          />
        </section>
      )}
      {notes.map(
        ([title, lines]) =>
          lines.length > 0 && (
            <section key={title} class="card">
              <h2>{title}</h2>
              {lines.map((line) => (
                <p key={line}>{line}</p>
              ))}
            </section>
          ),
      )}
      {from !== undefined && (
        <section class="card">
          <h2>{text.failures}</h2>
          {failures.length === 0 && <p class="muted">{text.noFailures}</p>}
          <ul class="lines">
            {failures.map((each, index) => (
              <li key={index}>
                <time dateTime={each.at}>{moment(each.at)}</time>
                <span>
                  {each.user !== undefined && `${each.user}: `}
                  {each.words}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
