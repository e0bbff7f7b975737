import type { Statistics } from '../../../src/service/admin/answers.ts';
import { bytes, clock, count } from '../../shared/format.ts';
import { Answered } from '../../shared/parts/states.tsx';
import { Table } from '../../shared/parts/table.tsx';
import { useAnswer } from '../../shared/use-answer.ts';
import { words } from '../words/index.ts';

const EVERY_MS = 15_000;
const WIDTH = 600;
const HEIGHT = 120;
const text = words.plot;
type Steps = Statistics['steps'];

/** The bytes of each minute of the last hour, as a plot and as a table. */
export function Throughput() {
  const loaded = useAnswer<Statistics>('/statistics', {}, EVERY_MS);
  return (
    <section class="card" aria-labelledby="throughput">
      <h2 id="throughput">{text.title}</h2>
      <Answered loaded={loaded}>
        {({ steps }) => {
          const busy = steps.filter((step) => step.upload + step.download + step.logins + step.refusals > 0);
          return (
            <>
              <Plot steps={steps} />
              {busy.length > 0 && (
                <details>
                  <summary>{text.table}</summary>
                  <Table
                    label={text.title}
                    rows={busy.toReversed()}
                    keyOf={({ at }) => at}
                    columns={[
                      { head: text.at, cell: ({ at }) => clock(at) },
                      { head: text.upload, cell: ({ upload }) => bytes(upload) },
                      { head: text.download, cell: ({ download }) => bytes(download) },
                      { head: text.logins, cell: ({ logins }) => count(logins) },
                      { head: text.refusals, cell: ({ refusals }) => count(refusals) },
                    ]}
                  />
                </details>
              )}
            </>
          );
        }}
      </Answered>
    </section>
  );
}

function Plot({ steps }: { readonly steps: Steps }) {
  const most = Math.max(...steps.flatMap(({ upload, download }) => [upload, download]), 0);
  if (most === 0) return <p class="muted">{text.none}</p>;
  const highest = (direction: 'upload' | 'download') => bytes(Math.max(...steps.map((step) => step[direction])));
  const line = (direction: 'upload' | 'download') =>
    steps
      .map((step, index) => {
        const x = (index / Math.max(1, steps.length - 1)) * WIDTH;
        return `${x.toFixed(1)},${(HEIGHT - (step[direction] / most) * (HEIGHT - 4) - 2).toFixed(1)}`;
      })
      .join(' ');
  return (
    <figure class="plot">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.label(highest('upload'), highest('download'))}
      >
        <polyline class="download" points={line('download')} />
        <polyline class="upload" points={line('upload')} />
      </svg>
      <figcaption>
        <span class="key upload">{text.upload}</span>
        <span class="key download">{text.download}</span>
        <span class="muted">{text.label(highest('upload'), highest('download'))}</span>
      </figcaption>
    </figure>
  );
}
