import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { WebEntry } from '../../../src/web/contract.ts';
import { words } from '../words/index.ts';
import { EntryRow } from './row.tsx';
import type { Selection } from './selection.ts';
import type { FolderListing, Sorting } from './use-listing.ts';

const text = words.files;
const COLUMNS = ['name', 'size', 'modified'] as const;
/** Rows above and below what is in sight. */
const SPARE = 8;
const NARROW = matchMedia('(width < 44rem)');

interface ListOptions {
  readonly path: string;
  readonly label: string;
  readonly listing: FolderListing;
  readonly selection: Selection;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly onOpen: (entry: WebEntry) => void;
  readonly onRename: () => void;
  readonly onDelete: () => void;
}

/** Draws the rows in sight alone, so that many are as fast as few. The keyboard moves within it as within one control. */
export function EntryList({
  path,
  label,
  listing,
  selection,
  sorting,
  onSort,
  onOpen,
  onRename,
  onDelete,
}: ListOptions) {
  const { entries, total, reach } = listing;
  const id = useId();
  const { active } = selection;
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const rowHeight = useRowHeight();
  const first = Math.max(0, Math.floor(view.top / rowHeight) - SPARE);
  const last = Math.min(total, Math.ceil((view.top + view.height) / rowHeight) + SPARE);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  useEffect(() => reach(last), [last, entries]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || active < 0) return;
    const top = active * rowHeight;
    const room = element.clientHeight - (head.current?.offsetHeight ?? 0) - rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
  }, [active]);

  const press = (event: KeyboardEvent) => {
    // Controls in the list have keys of their own.
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const steps: { readonly [key: string]: number | undefined } = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    const entry = entries[active];
    if (step !== undefined) {
      const to = Math.max(0, Math.min(entries.length - 1, Math.max(active, step > 0 ? -1 : 0) + step));
      if (event.shiftKey) selection.extend(to);
      else selection.go(to);
    } else if (event.key === ' ') selection.toggle(active);
    else if (event.key === 'Enter' && entry) onOpen(entry);
    else if (event.key === 'F2') onRename();
    else if (event.key === 'Delete') onDelete();
    else if (event.key === 'Escape') selection.clear();
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) selection.all();
    else return;
    event.preventDefault();
  };

  return (
    <div class="entries-frame">
      <div
        ref={scroller}
        class="entries"
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-describedby={`${id}-keys`}
        aria-multiselectable="true"
        aria-rowcount={total + 1}
        aria-activedescendant={active >= first && active < last ? `${id}-${active}` : undefined}
        onKeyDown={press}
        onFocus={(event) => {
          if (event.target === event.currentTarget && active < 0) selection.go(0);
        }}
      >
        <div ref={head} role="rowgroup" class="entries-head">
          <div role="row" aria-rowindex={1} class="entry">
            <span role="columnheader" class="entry-check">
              <input
                type="checkbox"
                aria-label={text.selectAll}
                checked={entries.length > 0 && selection.chosen.size === entries.length}
                onChange={({ currentTarget }) => (currentTarget.checked ? selection.all() : selection.clear())}
              />
            </span>
            {COLUMNS.map((sort) => (
              <ColumnHead key={sort} sort={sort} sorting={sorting} onSort={onSort} />
            ))}
          </div>
        </div>
        <div role="rowgroup" class="entries-body" style={{ height: `${total * rowHeight}px` }}>
          {Array.from({ length: Math.max(0, last - first) }, (_, offset) => {
            const index = first + offset;
            const entry = entries[index];
            return (
              <EntryRow
                key={index}
                id={`${id}-${index}`}
                path={path}
                index={index}
                top={index * rowHeight}
                entry={entry}
                isChosen={entry !== undefined && selection.chosen.has(entry.name)}
                isActive={index === active}
                selection={selection}
                onOpen={onOpen}
              />
            );
          })}
        </div>
      </div>
      <p class="for-readers" id={`${id}-keys`}>
        {text.keys}
      </p>
    </div>
  );
}

interface HeadOptions extends Pick<ListOptions, 'sorting' | 'onSort'> {
  readonly sort: Sorting['sort'];
}

function ColumnHead({ sort, sorting, onSort }: HeadOptions) {
  const isSorted = sorting.sort === sort;
  const isRising = isSorted && sorting.order === 'ascending';
  return (
    <span role="columnheader" class={`entry-${sort}`} aria-sort={isSorted ? sorting.order : 'none'}>
      <button
        type="button"
        class="quiet"
        onClick={() => onSort({ sort, order: isRising ? 'descending' : 'ascending' })}
      >
        {text[sort]}
        {isSorted && <span aria-hidden="true">{isRising ? ' ↑' : ' ↓'}</span>}
      </button>
    </span>
  );
}

function useRowHeight(): number {
  const [isNarrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const changed = () => setNarrow(NARROW.matches);
    NARROW.addEventListener('change', changed);
    return () => NARROW.removeEventListener('change', changed);
  }, []);
  return isNarrow ? 60 : 42;
}
