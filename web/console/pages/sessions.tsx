import { useState } from 'preact/hooks';
import type { PageAnswer, SessionAnswer } from '../../../src/service/admin/answers.ts';
import { ask, part } from '../../shared/api.ts';
import { bytes, moment, rate, relative } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Answered, Badge, Empty } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { linkTo } from '../../shared/router.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { useEvents } from '../use-events.ts';
import { words } from '../words/index.ts';

const EVERY_MS = 2000;
const text = words.sessions;

/** The open sessions with what each of them does, live. */
export function Sessions() {
  const { mayAct } = useReader();
  const [limit, setLimit] = useState(100);
  const loaded = useAnswer<PageAnswer<'sessions', SessionAnswer>>('/sessions', { limit: String(limit) }, EVERY_MS);
  useEvents(loaded.refresh);
  const [ending, setEnding] = useState<SessionAnswer>();
  const end = {
    head: words.actions,
    isQuiet: true,
    cell: (session: SessionAnswer) => (
      <button type="button" class="quiet" aria-label={text.endOf(nameOf(session))} onClick={() => setEnding(session)}>
        {text.end}
      </button>
    ),
  };
  return (
    <>
      <h1>{text.title}</h1>
      <Answered loaded={loaded}>
        {({ sessions, next }) =>
          sessions.length === 0 ? (
            <Empty title={text.empty} text={text.emptyText} />
          ) : (
            <>
              <p class="muted">{text.count(sessions.length)}</p>
              <Table
                label={text.title}
                rows={sessions}
                keyOf={({ session }) => session}
                columns={[
                  { head: text.who, cell: (session) => <Who session={session} /> },
                  { head: text.doing, cell: (session) => <Doing session={session} /> },
                  { head: text.client, cell: (session) => <Client session={session} /> },
                  { head: text.protection, cell: (session) => <Protection session={session} /> },
                  {
                    head: text.since,
                    cell: ({ since }) => (
                      <time dateTime={since} title={moment(since)}>
                        {relative(since)}
                      </time>
                    ),
                  },
                  ...(mayAct ? [end] : []),
                ]}
              />
              {next !== undefined && (
                <button type="button" class="quiet" onClick={() => setLimit(limit * 2)}>
                  {words.more}
                </button>
              )}
            </>
          )
        }
      </Answered>
      {ending && (
        <EndDialog
          session={ending}
          onClose={() => {
            setEnding(undefined);
            loaded.refresh();
          }}
        />
      )}
    </>
  );
}

function nameOf({ account, address }: SessionAnswer): string {
  return account ?? address;
}

function Who({ session: { account, user, address } }: { readonly session: SessionAnswer }) {
  return (
    <>
      {account === undefined ? (
        <span class="muted">
          {text.nobody}
          {user !== undefined && `, ${text.asUser(user)}`}
        </span>
      ) : (
        <a href={linkTo('accounts', account)}>{account}</a>
      )}
      <br />
      <code class="muted">{address}</code>
    </>
  );
}

function Client({ session: { client, ssh, protocol } }: { readonly session: SessionAnswer }) {
  return (
    <>
      <span class="cut">{client ?? ssh?.client ?? '–'}</span>
      <br />
      <span class="muted">{protocol.toUpperCase()}</span>
    </>
  );
}

function Protection({ session: { tls, ssh } }: { readonly session: SessionAnswer }) {
  if (!tls && !ssh) return <Badge kind="warn">{text.clear}</Badge>;
  return <span class="cut">{tls ? `${tls.version}, ${tls.cipher}` : `SSH, ${ssh?.cipher}`}</span>;
}

function Doing({ session: { transfer, command, isSilent } }: { readonly session: SessionAnswer }) {
  if (isSilent) return <Badge kind="bad">{text.silent}</Badge>;
  if (!transfer) return <span class="muted">{command?.verb ?? text.idle}</span>;
  const { direction, path, offset, bytes: moved, totalBytes, rate: speed } = transfer;
  const total = totalBytes === undefined ? undefined : offset + totalBytes;
  const done = offset + moved;
  return (
    <div class="transfer">
      <span>
        {text.directions[direction]} <code class="path">{path}</code>
      </span>
      {total !== undefined && total > 0 && <progress max={total} value={Math.min(done, total)} aria-label={path} />}
      <span class="muted">
        {total === undefined ? bytes(done) : text.progress(bytes(done), bytes(total))} · {rate(speed)}
      </span>
    </div>
  );
}

function EndDialog({ session, onClose }: { readonly session: SessionAnswer; readonly onClose: () => void }) {
  const [reason, setReason] = useState('');
  const { isBusy, failure, run } = useAction();
  const tell = useTell();
  const submit = async () => {
    const query = reason === '' ? {} : { reason };
    if (!(await run(() => ask('DELETE', `/sessions/${part(session.session)}`, { query })))) return;
    tell(text.ended);
    onClose();
  };
  return (
    <Dialog title={text.endTitle} onClose={onClose}>
      <p>
        <strong>{nameOf(session)}</strong>
      </p>
      <p>{text.endText}</p>
      <Form submit={text.end} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(submit())}>
        <TextField label={text.reason} value={reason} onText={setReason} maxLength={200} />
      </Form>
    </Dialog>
  );
}
