import { useState } from 'preact/hooks';
import type { RuleAnswer, TrialAnswer } from '../../../src/service/admin/answers.ts';
import { ask } from '../../shared/api.ts';
import { count, duration } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered, Badge, Empty } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { Choice } from '../parts/choice.tsx';
import { words } from '../words/index.ts';

const EVERY_MS = 5000;
const text = words.rules;
const KINDS = Object.entries(text.events).map(([kind, shown = kind]) => [kind, shown]);

/** The rules, how far each is, and what they would do with an event. */
export function Rules() {
  const loaded = useAnswer<{ readonly rules: readonly RuleAnswer[] }>('/rules', {}, EVERY_MS);
  return (
    <>
      <h1>{text.title}</h1>
      <Answered loaded={loaded}>
        {({ rules }) =>
          rules.length === 0 ? (
            <Empty title={text.empty} text={text.emptyText} />
          ) : (
            <>
              <Table
                label={text.title}
                rows={rules}
                keyOf={({ name }) => name}
                columns={[
                  { head: text.name, cell: ({ name }) => <a href={linkTo('rules', name)}>{name}</a> },
                  { head: text.when, cell: (rule) => waitsFor(rule) },
                  { head: text.does, cell: ({ actions }) => <span class="cut">{actions.join(', ')}</span> },
                  { head: text.done, cell: ({ delivered }) => count(delivered) },
                  { head: text.underWay, cell: ({ undelivered }) => count(undelivered) },
                  {
                    head: text.dead,
                    cell: ({ deadLetters }) =>
                      deadLetters === 0 ? count(0) : <Badge kind="bad">{count(deadLetters)}</Badge>,
                  },
                ]}
              />
              <Trial />
            </>
          )
        }
      </Answered>
    </>
  );
}

/** The events in words, and how long after them it acts. */
export function waitsFor({ when, after }: RuleAnswer): string {
  const events = when.map((kind) => text.events[kind] ?? kind).join(', ');
  return after === undefined ? events : `${events}, ${text.later(duration(after / 1000))}`;
}

function Trial() {
  const [given, setGiven] = useState({ kind: 'uploaded', account: '', path: '', groups: '' });
  const [trials, setTrials] = useState<readonly TrialAnswer[]>();
  const { isBusy, failure, run } = useAction();
  const submit = async () => {
    const groups = given.groups.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
    const body = {
      kind: given.kind,
      groups,
      ...(given.account !== '' && { account: given.account }),
      ...(given.path !== '' && { path: given.path }),
    };
    setTrials(
      (await run(() => ask<{ readonly rules: readonly TrialAnswer[] }>('POST', '/rules/test', { body })))?.body.rules,
    );
  };
  return (
    <section class="card">
      <h2>{text.test}</h2>
      <p class="muted">{text.testText}</p>
      <Form submit={text.test} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
        <div class="filters">
          <Choice
            label={text.kind}
            value={given.kind}
            options={KINDS}
            onChoice={(kind) => setGiven({ ...given, kind })}
          />
          <TextField
            label={text.account}
            value={given.account}
            autocomplete="off"
            onText={(account) => setGiven({ ...given, account })}
          />
          <TextField
            label={text.path}
            value={given.path}
            autocomplete="off"
            onText={(path) => setGiven({ ...given, path })}
          />
          <TextField
            label={text.groups}
            hint={text.groupsHint}
            value={given.groups}
            autocomplete="off"
            onText={(groups) => setGiven({ ...given, groups })}
          />
        </div>
      </Form>
      <div role="status">
        {trials && (
          <Table
            label={text.test}
            rows={trials}
            keyOf={({ rule }) => rule}
            columns={[
              { head: text.name, cell: ({ rule }) => rule },
              {
                head: text.outcome,
                cell: ({ fits }) => <Badge kind={fits ? 'good' : 'plain'}>{fits ? text.fits : text.fitsNot}</Badge>,
              },
              { head: text.does, cell: ({ actions }) => actions.map((each) => <div key={each}>{each}</div>) },
            ]}
          />
        )}
      </div>
    </section>
  );
}
