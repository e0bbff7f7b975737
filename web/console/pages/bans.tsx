import { useId, useState } from 'preact/hooks';
import type { BanAnswer, PageAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { moment } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered, Empty, FailureNotice } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { words } from '../words/index.ts';

const EVERY_MS = 5000;
const HOUR_MS = 3_600_000;
const PAGE = 100;
const text = words.bans;

export function Bans() {
  const { mayAct } = useReader();
  const [pages, setPages] = useState(1);
  const [isAdding, setAdding] = useState(false);
  const loaded = useAnswer<PageAnswer<'bans', BanAnswer>>('/bans', { limit: String(PAGE * pages) }, EVERY_MS);
  const { failure, run } = useAction();
  const tell = useTell();
  const lift = async ({ network }: BanAnswer) => {
    if (await run(() => ask('DELETE', `/bans/${part(network)}`))) tell(text.lifted);
    loaded.refresh();
  };
  const lifting = {
    head: words.actions,
    isQuiet: true,
    cell: (ban: BanAnswer) => (
      <button type="button" class="quiet" aria-label={text.liftOf(ban.network)} onClick={() => inBackground(lift(ban))}>
        {text.lift}
      </button>
    ),
  };
  return (
    <>
      <div class="title">
        <h1>{text.title}</h1>
        {mayAct && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            {text.add}
          </button>
        )}
      </div>
      {failure && <FailureNotice failure={failure} />}
      <Answered loaded={loaded}>
        {({ bans, next }) =>
          bans.length === 0 ? (
            <Empty title={text.empty} text={text.emptyText} />
          ) : (
            <>
              <Table
                label={text.title}
                rows={bans}
                keyOf={({ network, by }) => `${network} ${by}`}
                columns={[
                  { head: text.network, cell: ({ network }) => <code>{network}</code> },
                  { head: text.by, cell: ({ by }) => text.bys[by] },
                  { head: text.until, cell: ({ until }) => (until === null ? text.forGood : moment(until)) },
                  { head: text.reason, cell: ({ reason }) => reason ?? '–' },
                  ...(mayAct ? [lifting] : []),
                ]}
              />
              {next !== undefined && (
                <button type="button" class="quiet" onClick={() => setPages(pages + 1)}>
                  {words.more}
                </button>
              )}
            </>
          )
        }
      </Answered>
      {isAdding && (
        <AddDialog
          onClose={() => {
            setAdding(false);
            loaded.refresh();
          }}
        />
      )}
    </>
  );
}

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const [given, setGiven] = useState({ network: '', reason: '', hours: '24' });
  const { isBusy, failure, run } = useAction();
  const tell = useTell();
  const id = useId();
  const submit = async () => {
    const { network, reason, hours } = given;
    const until = hours === '0' ? null : new Date(Date.now() + Number(hours) * HOUR_MS).toISOString();
    if (!(await run(() => ask('POST', '/bans', { body: { network, reason, until } })))) return;
    tell(text.added);
    onClose();
  };
  return (
    <Dialog title={text.add} onClose={onClose}>
      <p>{text.addText}</p>
      <Form submit={text.add} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
        <TextField
          label={text.network}
          value={given.network}
          onText={(network) => setGiven({ ...given, network })}
          autocomplete="off"
          required
        />
        <TextField
          label={text.reason}
          value={given.reason}
          onText={(reason) => setGiven({ ...given, reason })}
          maxLength={200}
          required
        />
        <div class="field">
          <label for={id}>{text.hours}</label>
          <select
            id={id}
            value={given.hours}
            onChange={({ currentTarget }) => setGiven({ ...given, hours: currentTarget.value })}
          >
            {Object.entries<string>(text.times).map(([hours, label]) => (
              <option key={hours} value={hours}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </Form>
    </Dialog>
  );
}
