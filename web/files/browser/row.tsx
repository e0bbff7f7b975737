import type { WebEntry } from '../../../src/web/contract.ts';
import { bytes, moment } from '../../shared/format.ts';
import { linkTo } from '../../shared/router.ts';
import { childOf, namesIn } from '../paths.ts';
import { words } from '../words/index.ts';
import type { Selection } from './selection.ts';

interface RowOptions {
  readonly id: string;
  readonly path: string;
  readonly index: number;
  /** In pixels. */
  readonly top: number;
  /** Undefined until it is loaded. */
  readonly entry: WebEntry | undefined;
  readonly isChosen: boolean;
  readonly isActive: boolean;
  readonly selection: Selection;
  readonly onOpen: (entry: WebEntry) => void;
}

export function EntryRow({ id, path, index, top, entry, isChosen, isActive, selection, onOpen }: RowOptions) {
  const place = { id, role: 'row', 'aria-rowindex': index + 2, style: { transform: `translateY(${top}px)` } } as const;
  if (!entry) {
    return (
      <div {...place} class="entry">
        <span role="gridcell" class="entry-name muted">
          {words.loading}
        </span>
      </div>
    );
  }
  const { name, kind, size, modified } = entry;
  const isDirectory = kind === 'directory';
  return (
    <div
      {...place}
      class={isActive ? 'entry active' : 'entry'}
      aria-selected={isChosen}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a, button, input')) return;
        if (event.shiftKey) selection.extend(index);
        else if (event.ctrlKey || event.metaKey) selection.toggle(index);
        else selection.only(index);
      }}
      onDblClick={() => onOpen(entry)}
    >
      <span role="gridcell" class="entry-check">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={words.files.select(name)}
          checked={isChosen}
          onClick={({ shiftKey }) => (shiftKey ? selection.extend(index) : selection.toggle(index))}
        />
      </span>
      <span role="gridcell" class="entry-name">
        <span class={`entry-icon ${isDirectory ? 'folder' : (entry.preview ?? kind)}`} aria-hidden="true" />
        {isDirectory ? (
          <a tabIndex={-1} href={linkTo('files', ...namesIn(childOf(path, name)))}>
            {name}
          </a>
        ) : (
          <button type="button" tabIndex={-1} class="entry-open" onClick={() => onOpen(entry)}>
            {name}
          </button>
        )}
      </span>
      <span role="gridcell" class="entry-size">
        {isDirectory ? '' : bytes(size)}
      </span>
      <span role="gridcell" class="entry-modified">
        {moment(modified)}
      </span>
    </div>
  );
}
