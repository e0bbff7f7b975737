import type { ComponentChildren } from 'preact';
import type { Status } from '../../../src/service/admin/answers.ts';
import { count, duration, moment, rate } from '../../shared/format.ts';
import { Answered, Badge, Empty, Facts } from '../../shared/parts/states.tsx';
import { useAnswer } from '../../shared/use-answer.ts';
import { useReader } from '../me.ts';
import { Throughput } from '../parts/throughput.tsx';
import { useEvents } from '../use-events.ts';
import { words } from '../words/index.ts';

const EVERY_MS = 3000;
const text = words.overview;

export function Overview() {
  const { isWholeServer } = useReader();
  const loaded = useAnswer<Status>(isWholeServer ? '/status' : undefined, {}, EVERY_MS);
  useEvents(loaded.refresh);
  return (
    <>
      <h1>{text.title}</h1>
      {isWholeServer ? (
        <Answered loaded={loaded}>{(status) => <Whole status={status} />}</Answered>
      ) : (
        <Empty title={words.brand} text={text.limited} />
      )}
    </>
  );
}

function Whole({ status }: { readonly status: Status }) {
  const { attention, sessions, transfers, throughput, bans, warnings } = status;
  return (
    <>
      <Attention rows={attention} />
      <section aria-labelledby="now">
        <h2 id="now">{text.now}</h2>
        <div class="figures">
          <Figure label={text.sessions} value={count(sessions.total)} more={text.signedIn(sessions.signedIn)} />
          <Figure label={text.uploads} value={count(transfers.upload)} more={rate(throughput.upload)} />
          <Figure label={text.downloads} value={count(transfers.download)} more={rate(throughput.download)} />
          <Figure
            label={text.bans}
            value={count(bans.byFailedLogins + bans.byOperators)}
            more={text.byOperators(bans.byOperators)}
          />
        </div>
      </section>
      <Throughput />
      <section class="card" aria-labelledby="server">
        <h2 id="server">{text.server}</h2>
        <Facts
          rows={[
            [
              text.state,
              <Badge kind={status.state === 'serving' ? 'good' : 'warn'}>{text.states[status.state]}</Badge>,
            ],
            [
              text.running,
              status.uptimeSeconds < 60 ? text.underAMinute : duration(Math.floor(status.uptimeSeconds / 60) * 60),
            ],
            [text.version, `${status.version} (Node ${status.node})`],
            [
              text.listeners,
              <ul class="plain">
                {status.listeners.map(({ mode, address, port }) => (
                  <li key={`${address} ${port}`}>
                    {text.modes[mode] ?? mode}:{' '}
                    <code>
                      {address.includes(':') ? `[${address}]` : address}:{port}
                    </code>
                  </li>
                ))}
              </ul>,
            ],
          ]}
        />
      </section>
      <section class="card" aria-labelledby="warnings">
        <h2 id="warnings">{text.warnings}</h2>
        {warnings.length === 0 ? (
          <p class="muted">{text.noWarnings}</p>
        ) : (
          <ul class="lines">
            {warnings.map(({ message, ...rest }, index) => (
              <li key={index}>
                {typeof rest['at'] === 'string' && <time dateTime={rest['at']}>{moment(rest['at'])}</time>}
                <span>{message}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function Attention({ rows }: { readonly rows: Status['attention'] }) {
  return (
    <section class={rows.length === 0 ? 'notice good' : 'notice warn'} aria-live="polite">
      {rows.length === 0 ? (
        <p>{text.calm}</p>
      ) : (
        <>
          <h2>{text.attention(rows.length)}</h2>
          <ul>
            {rows.map(({ code, about, message }) => (
              <li key={`${code} ${about} ${message}`}>{message}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

interface FigureOptions {
  readonly label: string;
  readonly value: string;
  readonly more: ComponentChildren;
}

function Figure({ label, value, more }: FigureOptions) {
  return (
    <div class="figure">
      <p class="label">{label}</p>
      <p class="value">{value}</p>
      <p class="muted">{more}</p>
    </div>
  );
}
