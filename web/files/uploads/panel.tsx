import { useEffect, useState } from 'preact/hooks';
import { bytes, count, duration, rate } from '../../shared/format.ts';
import { namesIn } from '../paths.ts';
import { words } from '../words/index.ts';
import { isUnderWay, uploads } from './queue.ts';
import type { UploadItem, UploadState } from './upload.ts';

const text = words.uploads;
/** Rows that are drawn; whatever needs somebody comes first. */
const SHOWN = 50;
const ORDER: readonly UploadState[] = ['exists', 'failed', 'running', 'lost', 'checking', 'paused', 'waiting', 'done'];

/** What goes up, and how far it is. */
export function UploadPanel() {
  const [, setRound] = useState(0);
  const [isOpen, setOpen] = useState(true);
  useEffect(() => uploads.watch(() => setRound((each) => each + 1)), []);
  const { items } = uploads;
  if (items.length === 0) return null;
  const done = items.filter(({ state }) => state === 'done').length;
  const troubled = items.filter(({ state }) => state === 'exists' || state === 'failed').length;
  const isPaused = items.some(({ state }) => state === 'paused');
  const open = items.some(isUnderWay);
  const all = items.reduce((sum, { file }) => sum + file.size, 0);
  const sent = items.reduce((sum, item) => sum + (item.state === 'done' ? item.file.size : item.sent), 0);
  const shown = [...items].sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state)).slice(0, SHOWN);
  const headline = open || isPaused ? text.running(count(done), count(items.length)) : text.finished(done, count(done));
  return (
    <section class="uploads" aria-label={text.title}>
      <header>
        <div class="uploads-summary">
          <p role="status">
            <strong>{done === 0 && troubled > 0 && !open && !isPaused ? text.title : headline}</strong>
            {troubled > 0 && <span class="uploads-trouble"> · {text.withFailures(troubled, count(troubled))}</span>}
          </p>
          {open && (
            <p class="hint">
              {text.progress(bytes(sent), bytes(all))}
              {uploads.rate > 0 && ` · ${rate(uploads.rate)} · ${text.left(duration((all - sent) / uploads.rate))}`}
            </p>
          )}
        </div>
        <button
          type="button"
          class="quiet icon"
          aria-expanded={isOpen}
          aria-label={isOpen ? text.hide : text.show}
          onClick={() => setOpen(!isOpen)}
        >
          <span aria-hidden="true">{isOpen ? '▾' : '▴'}</span>
        </button>
      </header>
      <progress aria-label={text.title} value={sent} max={Math.max(1, all)} />
      {isOpen && (
        <>
          <ul class="plain" tabIndex={0} aria-label={text.title}>
            {shown.map((item) => (
              <UploadRow key={item.id} item={item} />
            ))}
            {items.length > SHOWN && <li class="hint">{text.more(count(items.length - SHOWN))}</li>}
          </ul>
          <div class="buttons">
            {open && (
              <button type="button" class="quiet" onClick={() => uploads.pauseAll()}>
                {text.pauseAll}
              </button>
            )}
            {isPaused && (
              <button type="button" class="quiet" onClick={() => uploads.resumeAll()}>
                {text.resumeAll}
              </button>
            )}
            {done > 0 && (
              <button type="button" class="quiet" onClick={() => uploads.clearDone()}>
                {text.clear}
              </button>
            )}
          </div>
        </>
      )}
    </section>
  );
}

function UploadRow({ item }: { readonly item: UploadItem }) {
  const { file, path, state, sent, message } = item;
  const name = namesIn(path).at(-1) ?? path;
  const isBad = state === 'failed' || state === 'exists';
  return (
    <li class="upload">
      <p class="upload-name" title={path}>
        {name}
      </p>
      <p class={isBad ? 'hint upload-bad' : 'hint'}>
        {state === 'failed' && message !== '' ? message : text.states[state]}
        {' · '}
        {state === 'done' || state === 'waiting' || isBad
          ? bytes(file.size)
          : text.progress(bytes(sent), bytes(file.size))}
      </p>
      {state !== 'done' && !isBad && <progress aria-label={name} value={sent} max={Math.max(1, file.size)} />}
      <div class="buttons">
        {isUnderWay(item) && (
          <button type="button" class="quiet" aria-label={text.pause(name)} onClick={() => uploads.pause(item)}>
            {text.words.pause}
          </button>
        )}
        {state === 'paused' && (
          <button type="button" class="quiet" aria-label={text.resume(name)} onClick={() => uploads.resume(item)}>
            {text.words.resume}
          </button>
        )}
        {state === 'failed' && (
          <button type="button" class="quiet" aria-label={text.retry(name)} onClick={() => uploads.resume(item)}>
            {text.words.retry}
          </button>
        )}
        {state === 'exists' && (
          <button
            type="button"
            class="quiet"
            aria-label={text.replaceOf(name)}
            onClick={() => uploads.resume(item, true)}
          >
            {text.replace}
          </button>
        )}
        {state !== 'done' && (
          <button type="button" class="quiet" aria-label={text.cancel(name)} onClick={() => uploads.cancel(item)}>
            {text.words.cancel}
          </button>
        )}
      </div>
    </li>
  );
}
