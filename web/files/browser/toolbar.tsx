import { useRef } from 'preact/hooks';
import type { ArchiveBody, WebArchive, WebEntry, WebRight } from '../../../src/web/contract.ts';
import { ask } from '../../shared/api.ts';
import { count } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { FailureNotice } from '../../shared/parts/states.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { childOf, contentUrl, namesIn } from '../paths.ts';
import { type Dropped, filesOfInput } from '../uploads/dropped.ts';
import { words } from '../words/index.ts';
import type { FileTask } from './dialogs.tsx';
import type { Sorting } from './use-listing.ts';

const text = words.files;

interface ToolsOptions {
  readonly path: string;
  readonly rights: ReadonlySet<WebRight> | undefined;
  readonly sorting: Sorting;
  readonly find: string;
  readonly onFind: (find: string) => void;
  readonly onSort: (sorting: Sorting) => void;
  readonly onFolder: () => void;
  readonly onFiles: (files: Dropped) => void;
}

export function Tools({ path, rights, sorting, find, onFind, onSort, onFolder, onFiles }: ToolsOptions) {
  return (
    <div class="tools">
      {rights?.has('upload') && (
        <>
          <Picker label={text.upload} isPrimary onPick={(list) => onFiles(filesOfInput(list, path))} />
          {rights.has('make-directory') && (
            <Picker label={text.uploadFolder} isFolder onPick={(list) => onFiles(filesOfInput(list, path))} />
          )}
        </>
      )}
      {rights?.has('make-directory') && (
        <button type="button" onClick={onFolder}>
          {text.newFolder}
        </button>
      )}
      <select
        class="tools-sort"
        aria-label={text.sort}
        value={`${sorting.sort}-${sorting.order}`}
        onChange={({ currentTarget }) => {
          const [sort, order] = currentTarget.value.split('-') as [Sorting['sort'], Sorting['order']];
          onSort({ sort, order });
        }}
      >
        {Object.entries(text.sortings).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <input
        class="tools-find"
        type="search"
        aria-label={text.find}
        placeholder={text.find}
        value={find}
        onInput={({ currentTarget }) => onFind(currentTarget.value)}
      />
    </div>
  );
}

interface PickerOptions {
  readonly label: string;
  readonly isFolder?: boolean;
  readonly isPrimary?: boolean;
  readonly onPick: (files: FileList) => void;
}

function Picker({ label, isFolder = false, isPrimary = false, onPick }: PickerOptions) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        aria-label={label}
        // Its types do not know the attribute.
        {...{ webkitdirectory: isFolder }}
        onChange={({ currentTarget }) => {
          if (currentTarget.files) onPick(currentTarget.files);
          // The same file may be chosen again.
          currentTarget.value = '';
        }}
      />
      <button type="button" class={isPrimary ? 'primary' : 'tools-folder'} onClick={() => input.current?.click()}>
        {label}
      </button>
    </>
  );
}

interface SelectionOptions {
  readonly path: string;
  readonly total: number;
  readonly chosen: readonly WebEntry[];
  readonly rights: ReadonlySet<WebRight> | undefined;
  readonly onTask: (kind: FileTask['kind']) => void;
  readonly onClear: () => void;
}

/** What can be done with what is chosen. */
export function SelectionBar({ path, total, chosen, rights, onTask, onClear }: SelectionOptions) {
  const { isBusy, failure, run } = useAction();
  const [first] = chosen;
  if (!first) return <p class="hint counted">{text.count(total, count(total))}</p>;
  const isOneFile = chosen.length === 1 && first.kind !== 'directory';
  const zip = async () => {
    const paths = chosen.map(({ name }) => childOf(path, name));
    const name = chosen.length === 1 ? first.name : (namesIn(path).at(-1) ?? text.home);
    const body: ArchiveBody = { paths, name };
    const made = await run(() => ask<WebArchive>('POST', '/archives', { body }));
    if (made) fetchAs(made.body.url);
  };
  const button = (kind: FileTask['kind'], label: string, isShown: boolean | undefined, style?: string) =>
    isShown && (
      <button type="button" class={style} onClick={() => onTask(kind)}>
        {label}
      </button>
    );
  return (
    <>
      <div class="selection" role="group" aria-label={text.selected(chosen.length, count(chosen.length))}>
        <strong aria-live="polite">{text.selected(chosen.length, count(chosen.length))}</strong>
        {rights?.has('download') &&
          (isOneFile ? (
            <a class="button" href={contentUrl(childOf(path, first.name))} download={first.name}>
              {words.actions.download}
            </a>
          ) : (
            <button type="button" aria-disabled={isBusy} onClick={() => !isBusy && inBackground(zip())}>
              {words.actions.zip}
            </button>
          ))}
        {button('details', words.actions.details, chosen.length === 1)}
        {button('rename', words.actions.rename, chosen.length === 1 && rights?.has('rename'))}
        {button('move', words.actions.move, rights?.has('rename'))}
        {button('remove', words.actions.delete, rights?.has('delete'), 'danger')}
        <button type="button" class="quiet" onClick={onClear}>
          {text.clear}
        </button>
      </div>
      {failure && <FailureNotice failure={failure} />}
    </>
  );
}

/** The browser takes it as a download: the page stays. */
function fetchAs(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
