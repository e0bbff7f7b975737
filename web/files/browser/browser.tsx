import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { WebEntry } from '../../../src/web/contract.ts';
import { count } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Empty, FailureNotice } from '../../shared/parts/states.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { linkTo } from '../../shared/router.ts';
import { childOf, namesIn, parentOf } from '../paths.ts';
import { type Dropped, filesOfDrop, MAX_FILES } from '../uploads/dropped.ts';
import { uploads } from '../uploads/queue.ts';
import { words } from '../words/index.ts';
import { FileDialog, type FileTask } from './dialogs.tsx';
import { EntryList } from './list.tsx';
import { useSelection } from './selection.ts';
import { SelectionBar, Tools } from './toolbar.tsx';
import { type Sorting, useListing } from './use-listing.ts';

const text = words.files;
const REFRESH_MS = 1000;
const TYPING_MS = 200;
let lastSorting: Sorting = { sort: 'name', order: 'ascending' };

/** One folder: what is in it, and what can be done with that. */
export function FileBrowser({ path }: { readonly path: string }) {
  const [sorting, setSorting] = useState(lastSorting);
  const [find, setFind] = useState('');
  const sought = useCalm(find);
  const listing = useListing(path, sorting, sought);
  const selection = useSelection(listing.entries);
  const [task, setTask] = useState<FileTask>();
  const tell = useTell();
  const names = namesIn(path);
  const { entries, total, failure, rights, isLoading, refresh } = listing;
  const chosen = useMemo(() => entries.filter(({ name }) => selection.chosen.has(name)), [entries, selection.chosen]);
  const mayUpload = rights?.has('upload') ?? false;
  const add = (dropped: Dropped) => {
    uploads.add(dropped.files, dropped.emptyFolders);
    if (dropped.isCut) tell(words.uploads.tooMany(count(MAX_FILES)));
    else if (dropped.hasFailed) tell(words.uploads.unreadableDrop);
  };
  const drop = useDrop((items) => {
    if (mayUpload) inBackground(filesOfDrop(items, path).then(add));
    else tell(text.mayNotUpload);
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    uploads.whenArrived((arrived) => {
      if (parentOf(arrived) === path || arrived.startsWith(childOf(path, ''))) timer ??= setTimeout(late, REFRESH_MS);
    });
    const late = () => {
      timer = undefined;
      refresh();
    };
    return () => {
      uploads.whenArrived(undefined);
      clearTimeout(timer);
    };
  }, [path]);
  const act = (kind: FileTask['kind']) => {
    const active = entries[selection.active];
    const subjects = chosen.length > 0 ? chosen : active ? [active] : [];
    if (subjects.length > 0) setTask({ kind, subjects });
  };
  const open = (entry: WebEntry) => {
    if (entry.kind === 'directory') location.hash = linkTo('files', ...namesIn(childOf(path, entry.name)));
    else setTask({ kind: 'details', subjects: [entry] });
  };
  const isUnseen = rights !== undefined && !rights.has('list');
  return (
    <div class={drop.isOver && mayUpload ? 'drop over' : 'drop'} {...drop.handlers}>
      <h1 class="for-readers">{names.at(-1) ?? text.home}</h1>
      <nav class="crumbs" aria-label={text.path}>
        <ol class="plain">
          {['', ...names].map((name, index) => (
            <li key={index}>
              <a
                href={linkTo('files', ...names.slice(0, index))}
                aria-current={index === names.length ? 'page' : undefined}
              >
                {name === '' ? text.home : name}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <Tools
        path={path}
        rights={rights}
        sorting={sorting}
        find={find}
        onFind={(find) => (selection.clear(), setFind(find))}
        onSort={(next) => setSorting((lastSorting = next))}
        onFolder={() => setTask({ kind: 'new-folder', subjects: [] })}
        onFiles={add}
      />
      {failure && <FailureNotice failure={failure} retry={refresh} />}
      {isLoading && !failure && <p class="loading">{words.loading}</p>}
      {!isLoading && !failure && isUnseen && <Empty title={text.noList} text={text.noListText} />}
      {!isLoading && !failure && !isUnseen && total === 0 && (
        <Empty
          title={sought === '' ? text.empty : text.notFound(sought)}
          text={sought !== '' ? text.notFoundText : mayUpload ? text.emptyDrop : text.emptyRead}
        />
      )}
      {total > 0 && (
        <>
          <SelectionBar
            path={path}
            total={total}
            chosen={chosen}
            rights={rights}
            onTask={(kind) => act(kind)}
            onClear={selection.clear}
          />
          <EntryList
            path={path}
            label={text.list(names.at(-1) ?? text.home)}
            listing={listing}
            selection={selection}
            sorting={sorting}
            onSort={(next) => setSorting((lastSorting = next))}
            onOpen={open}
            onRename={() => act('rename')}
            onDelete={() => act('remove')}
          />
        </>
      )}
      {drop.isOver && mayUpload && <p class="drop-here">{text.drop}</p>}
      {task && (
        <FileDialog
          path={path}
          task={task}
          rights={rights}
          onTask={setTask}
          onChanged={() => (selection.clear(), refresh())}
          onClose={() => setTask(undefined)}
        />
      )}
    </div>
  );
}

/** What was typed, once nobody types any more. */
function useCalm(value: string): string {
  const [calm, setCalm] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return calm;
}

/** Whether files are held over the page, and what is done with them there. */
function useDrop(onDrop: (items: DataTransferItemList) => void) {
  const [isOver, setOver] = useState(false);
  // Each element that the pointer enters tells so, too.
  const depth = useRef(0);
  const move = (by: number) => {
    depth.current = by === 0 ? 0 : Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  };
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  return {
    isOver,
    handlers: {
      onDragEnter: (event: DragEvent) => hasFiles(event) && move(1),
      onDragLeave: (event: DragEvent) => hasFiles(event) && move(-1),
      onDragOver: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
      onDrop: (event: DragEvent) => {
        if (!event.dataTransfer || !hasFiles(event)) return;
        event.preventDefault();
        move(0);
        onDrop(event.dataTransfer.items);
      },
    },
  };
}
