import { useState } from 'preact/hooks';
import type { RuleAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { count, moment } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered, Facts, FailureNotice } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { words } from '../words/index.ts';
import { waitsFor } from './rules.tsx';

const EVERY_MS = 5000;
const text = words.rules;

/** One rule: what it has delivered, what it has given up, and how to try that again. */
export function RulePage({ name }: { readonly name: string }) {
  const { mayAct } = useReader();
  const [isReplaying, setReplaying] = useState(false);
  const loaded = useAnswer<RuleAnswer>(`/rules/${part(name)}`, {}, EVERY_MS);
  return (
    <>
      <p>
        <a href={linkTo('rules')}>{text.back}</a>
      </p>
      <div class="title">
        <h1 class="path">{name}</h1>
        {mayAct && (
          <button type="button" onClick={() => setReplaying(true)}>
            {text.replay}
          </button>
        )}
      </div>
      <Answered loaded={loaded}>
        {(rule) => (
          <>
            <section class="card">
              <Facts
                rows={[
                  [text.when, waitsFor(rule)],
                  [text.does, rule.actions.join(', ')],
                  [text.done, count(rule.delivered)],
                  [text.underWay, count(rule.undelivered)],
                ]}
              />
            </section>
            <DeadLetters rule={rule} mayAct={mayAct} refresh={loaded.refresh} />
            <Recent recent={rule.recent} />
          </>
        )}
      </Answered>
      {isReplaying && <ReplayDialog name={name} onClose={() => setReplaying(false)} />}
    </>
  );
}

function Recent({ recent }: Pick<RuleAnswer, 'recent'>) {
  return (
    <section class="card">
      <h2>{text.recent}</h2>
      {recent.length === 0 ? (
        <p class="muted">{text.noRecent}</p>
      ) : (
        <Table
          label={text.recent}
          rows={recent}
          keyOf={(each) => JSON.stringify(each)}
          columns={[
            { head: text.at, cell: ({ at }) => moment(at) },
            { head: text.path, cell: ({ path = '–' }) => <code class="path">{path}</code> },
            { head: text.action, cell: ({ action }) => <span class="cut">{action}</span> },
            { head: text.outcome, cell: ({ outcome }) => outcome },
            { head: text.detail, cell: ({ detail }) => <span class="cut">{detail}</span> },
          ]}
        />
      )}
    </section>
  );
}

interface DeadOptions {
  readonly rule: RuleAnswer;
  readonly mayAct: boolean;
  readonly refresh: () => void;
}

function DeadLetters({ rule: { name, dead = [] }, mayAct, refresh }: DeadOptions) {
  const { failure, run } = useAction();
  const tell = useTell();
  const retry = async (body: { readonly event?: string }) => {
    const done = await run(() => ask<{ readonly retried: number }>('POST', `/rules/${part(name)}/retry`, { body }));
    if (done) tell(text.retried(done.body.retried));
    refresh();
  };
  const again = {
    head: words.actions,
    isQuiet: true,
    cell: ({ event: { id } }: (typeof dead)[number]) => (
      <button
        type="button"
        class="quiet"
        aria-label={text.retryOf(id)}
        onClick={() => inBackground(retry({ event: id }))}
      >
        {text.retry}
      </button>
    ),
  };
  return (
    <section class="card">
      <div class="title">
        <h2>{text.dead}</h2>
        {mayAct && dead.length > 0 && (
          <button type="button" onClick={() => inBackground(retry({}))}>
            {text.retryAll}
          </button>
        )}
      </div>
      {failure && <FailureNotice failure={failure} />}
      {dead.length === 0 ? (
        <p class="muted">{text.noDead}</p>
      ) : (
        <Table
          label={text.dead}
          rows={dead}
          keyOf={({ event }) => event.id}
          columns={[
            { head: text.at, cell: ({ diedAt }) => moment(diedAt) },
            { head: text.event, cell: ({ event }) => text.events[event.kind] ?? event.kind },
            { head: text.path, cell: ({ event }) => <code class="path">{event.path ?? '–'}</code> },
            { head: text.attempts, cell: ({ attempts }) => count(attempts) },
            { head: text.reason, cell: ({ reason }) => <span class="cut">{reason}</span> },
            ...(mayAct ? [again] : []),
          ]}
        />
      )}
    </section>
  );
}

function ReplayDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const [given, setGiven] = useState({ since: '', until: '' });
  const { isBusy, failure, run } = useAction();
  const tell = useTell();
  const submit = async () => {
    const { since, until } = given;
    const body = {
      since: new Date(since).toISOString(),
      ...(until !== '' && { until: new Date(until).toISOString() }),
    };
    const done = await run(() => ask<{ readonly replayed: number }>('POST', `/rules/${part(name)}/replay`, { body }));
    if (!done) return;
    tell(text.replayed(done.body.replayed));
    onClose();
  };
  return (
    <Dialog title={text.replay} onClose={onClose}>
      <p>{text.replayText}</p>
      <Form submit={text.replay} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
        <TextField
          label={text.since}
          type="datetime-local"
          required
          value={given.since}
          onText={(since) => setGiven({ ...given, since })}
        />
        <TextField
          label={text.until}
          type="datetime-local"
          value={given.until}
          onText={(until) => setGiven({ ...given, until })}
        />
      </Form>
    </Dialog>
  );
}
