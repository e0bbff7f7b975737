import { useState } from 'preact/hooks';
import type { PageAnswer, RecordAnswer, VerdictAnswer } from '../../../src/service/admin/answers.ts';
import { ask } from '../../shared/api.ts';
import { moment } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Empty, Facts, FailureNotice } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { useReader } from '../me.ts';
import { words } from '../words/index.ts';

const PAGE = 50;
const text = words.audit;
const FILTERS = ['account', 'path', 'event', 'outcome', 'address', 'since', 'until'] as const;
type Filters = { readonly [name in (typeof FILTERS)[number]]: string };
const NONE: Filters = { account: '', path: '', event: '', outcome: '', address: '', since: '', until: '' };

interface Found {
  readonly records: readonly RecordAnswer[];
  readonly next?: string;
  /** What was asked for: the page after goes on with that. */
  readonly asked: Filters;
}

/** Records of the audit trail, the newest first. Each search is recorded, so none is made without a person. */
export function AuditTrail() {
  const { isWholeServer } = useReader();
  const [filters, setFilters] = useState(NONE);
  const [found, setFound] = useState<Found>();
  const [opened, setOpened] = useState<RecordAnswer>();
  const { isBusy, failure, run } = useAction();
  const search = async (asked: Filters, before?: Found) => {
    const query = {
      ...asked,
      since: momentOf(asked.since),
      until: momentOf(asked.until),
      order: 'newest',
      limit: String(PAGE),
      after: before?.next,
    };
    const answer = await run(() => ask<PageAnswer<'records', RecordAnswer>>('GET', '/audit', { query }));
    if (!answer) return;
    const { records, next } = answer.body;
    setFound({ records: [...(before?.records ?? []), ...records], asked, ...(next !== undefined && { next }) });
  };
  return (
    <>
      <h1>{text.title}</h1>
      <p class="muted">{isWholeServer ? text.text : text.limited}</p>
      <section class="card" aria-label={text.search}>
        <Form submit={text.search} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(search(filters))}>
          <div class="filters">
            {FILTERS.map((name) => (
              <TextField
                key={name}
                label={text[name]}
                {...(name === 'path' && { hint: text.pathHint })}
                type={name === 'since' || name === 'until' ? 'datetime-local' : 'search'}
                autocomplete="off"
                required={name === 'account' && !isWholeServer}
                value={filters[name]}
                onText={(value) => setFilters({ ...filters, [name]: value })}
              />
            ))}
          </div>
        </Form>
      </section>
      {isWholeServer && <Verify />}
      {found && found.records.length === 0 && <Empty title={text.empty} text={text.emptyText} />}
      {found && found.records.length > 0 && (
        <>
          <Records records={found.records} open={setOpened} />
          <div class="buttons">
            <button type="button" onClick={() => save(found.records)}>
              {text.export}
            </button>
          </div>
        </>
      )}
      {found?.next !== undefined && (
        <button type="button" class="quiet" onClick={() => inBackground(search(found.asked, found))}>
          {words.more}
        </button>
      )}
      {opened && (
        <Dialog title={text.record(opened.n)} onClose={() => setOpened(undefined)}>
          <Facts
            rows={Object.entries(opened).map(([name, value]) => [text.fields[name] ?? name, shown(name, value)])}
          />
        </Dialog>
      )}
    </>
  );
}

interface RecordsOptions {
  readonly records: readonly RecordAnswer[];
  readonly open: (record: RecordAnswer) => void;
}

function Records({ records, open }: RecordsOptions) {
  return (
    <Table
      label={text.title}
      rows={records}
      keyOf={({ n }) => String(n)}
      columns={[
        {
          head: text.at,
          cell: (record) => (
            <button type="button" class="quiet" aria-label={text.open(record.n)} onClick={() => open(record)}>
              {moment(record.at)}
            </button>
          ),
        },
        {
          head: text.what,
          cell: ({ event, action, verb, change, outcome, reason }) => (
            <>
              {joined([event, action ?? verb ?? change, outcome])}
              {typeof reason === 'string' && <div class="muted cut">{reason}</div>}
            </>
          ),
        },
        {
          head: text.who,
          cell: ({ account, user, administrator, by, address }) => (
            <>
              {joined([account ?? administrator ?? user ?? by])}
              {typeof address === 'string' && (
                <div>
                  <code class="muted">{address}</code>
                </div>
              )}
            </>
          ),
        },
        { head: text.where, cell: ({ path, to }) => <code class="path">{joined([path, to], ' → ')}</code> },
      ]}
    />
  );
}

function Verify() {
  const { isBusy, failure, run } = useAction();
  const [verdict, setVerdict] = useState<VerdictAnswer>();
  const verify = async () => {
    setVerdict(undefined);
    setVerdict((await run(() => ask<VerdictAnswer>('POST', '/audit/verify')))?.body);
  };
  return (
    <>
      <div class="buttons">
        <button type="button" aria-disabled={isBusy} onClick={() => !isBusy && inBackground(verify())}>
          {text.verify}
        </button>
      </div>
      <div role="status">
        {isBusy && <p class="muted">{text.verifying}</p>}
        {verdict && <Verdict verdict={verdict} />}
      </div>
      {failure && <FailureNotice failure={failure} />}
    </>
  );
}

function Verdict({ verdict: { isWhole, finding, first, last, remarks } }: { readonly verdict: VerdictAnswer }) {
  return (
    <div class={`notice ${isWhole ? 'good' : 'bad'}`}>
      <p>{isWhole ? text.whole(first, last) : `${text.broken(finding?.record ?? first)} ${finding?.message ?? ''}`}</p>
      {remarks.map((remark) => (
        <p key={remark}>{remark}</p>
      ))}
    </div>
  );
}

/** A file of one JSON object a line, as `lockport audit export` writes it. */
function save(records: readonly RecordAnswer[]): void {
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  const address = URL.createObjectURL(new Blob(lines, { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = 'audit.jsonl';
  link.click();
  URL.revokeObjectURL(address);
}

/** What a reader has typed in their zone. */
function momentOf(local: string): string | undefined {
  return local === '' ? undefined : new Date(local).toISOString();
}

function shown(name: string, value: unknown): string {
  if (name === 'at' && typeof value === 'string') return moment(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function joined(values: readonly unknown[], between = ' · '): string {
  return values.filter((value) => typeof value === 'string').join(between);
}
