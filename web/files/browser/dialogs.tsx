import { useEffect, useState } from 'preact/hooks';
import type {
  DirectoryBody,
  MoveBody,
  Removal,
  RemovalResult,
  RemoveBody,
  WebEntry,
  WebRight,
} from '../../../src/web/contract.ts';
import { type Answer, ask } from '../../shared/api.ts';
import { bytes, count, moment } from '../../shared/format.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form, TextField } from '../../shared/parts/form.tsx';
import { Facts } from '../../shared/parts/states.tsx';
import { useTell } from '../../shared/parts/told.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { childOf, contentUrl } from '../paths.ts';
import { useMe } from '../reader.ts';
import { words } from '../words/index.ts';
import { MoveDialog } from './move.tsx';
import { FilePreview } from './preview.tsx';

/** Something that somebody wants to do with entries. */
export interface FileTask {
  readonly kind: 'new-folder' | 'rename' | 'move' | 'remove' | 'details';
  readonly subjects: readonly WebEntry[];
}

interface TaskOptions {
  /** Of the folder. */
  readonly path: string;
  readonly task: FileTask;
  readonly rights: ReadonlySet<WebRight> | undefined;
  readonly onTask: (task: FileTask) => void;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function FileDialog(options: TaskOptions) {
  const { path, task, rights, onChanged, onClose } = options;
  const tell = useTell();
  const done = (text: string) => {
    tell(text);
    onClose();
    onChanged();
  };
  const [first] = task.subjects;
  if (task.kind === 'new-folder') {
    const { title, name, submit, done: text } = words.newFolder;
    const work = (given: string) => {
      const body: DirectoryBody = { path: childOf(path, given) };
      return ask('POST', '/directories', { body });
    };
    return (
      <NameDialog title={title} label={name} submit={submit} work={work} onDone={() => done(text)} onClose={onClose} />
    );
  }
  if (!first) return null;
  if (task.kind === 'rename' && rights?.has('rename')) {
    const { title, name, submit, done: text } = words.rename;
    const work = (given: string) => {
      const body: MoveBody = { from: childOf(path, first.name), to: childOf(path, given) };
      return ask('POST', '/move', { body });
    };
    return (
      <NameDialog
        title={title(first.name)}
        label={name}
        submit={submit}
        value={first.name}
        work={work}
        onDone={() => done(text)}
        onClose={onClose}
      />
    );
  }
  if (task.kind === 'move' && rights?.has('rename')) {
    const moved = (folder: string) => done(words.move.done(folder));
    return <MoveDialog path={path} subjects={task.subjects} onMoved={moved} onChanged={onChanged} onClose={onClose} />;
  }
  if (task.kind === 'remove' && rights?.has('delete')) {
    return <RemoveDialog {...options} onDone={(removed) => done(words.remove.done(removed))} />;
  }
  return task.kind === 'details' ? <DetailsDialog {...options} entry={first} /> : null;
}

interface NameOptions {
  readonly title: string;
  readonly label: string;
  readonly submit: string;
  readonly value?: string;
  readonly work: (name: string) => Promise<Answer<unknown>>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function NameDialog({ title, label, submit, value = '', work, onDone, onClose }: NameOptions) {
  const [name, setName] = useState(value);
  const { isBusy, failure, run } = useAction();
  // The dialog is open by now.
  useEffect(selectStem, []);
  const act = async () => {
    if (await run(() => work(name.trim()))) onDone();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form submit={submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(act())}>
        <TextField label={label} value={name} onText={setName} autocomplete="off" pattern="[^\/]+" autofocus required />
      </Form>
    </Dialog>
  );
}

/** Its ending is rarely what somebody wants to change. */
function selectStem(): void {
  const input = document.activeElement;
  if (!(input instanceof HTMLInputElement)) return;
  const dot = input.value.lastIndexOf('.');
  input.setSelectionRange(0, dot > 0 ? dot : input.value.length);
}

/** One request takes no more. */
const PATHS = 1000;

function RemoveDialog({
  path,
  task: { subjects },
  onDone,
  onChanged,
  onClose,
}: TaskOptions & { readonly onDone: (count: number) => void }) {
  const text = words.remove;
  const me = useMe();
  const { isBusy, failure, run } = useAction();
  const [kept, setKept] = useState<NonNullable<RemovalResult['failures']>>([]);
  const act = async () => {
    const failures: NonNullable<RemovalResult['failures']>[number][] = [];
    for (let from = 0; from < subjects.length; from += PATHS) {
      const paths = subjects.slice(from, from + PATHS).map(({ name }) => childOf(path, name));
      const body: RemoveBody = { paths, recursive: true };
      const answer = await run(() => ask<Removal>('POST', '/remove', { body }));
      if (!answer) return onChanged();
      failures.push(...answer.body.results.flatMap((each) => each.failures ?? []));
    }
    if (failures.length === 0) return onDone(subjects.length);
    setKept(failures);
    onChanged();
  };
  return (
    <Dialog title={text.title(subjects.length, subjects[0]?.name ?? '')} onClose={onClose}>
      {kept.length > 0 ? (
        <div class="notice bad" role="alert">
          <p>{text.some(count(kept.length))}</p>
          <ul>
            {kept.slice(0, 20).map((each) => (
              <li key={each.path}>
                {each.path}: {each.detail}
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <>
          <p>{me.features.trash ? text.textTrash : text.text}</p>
          <Form submit={text.submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(act())}>
            {null}
          </Form>
        </>
      )}
    </Dialog>
  );
}

/** What an entry is, and how it looks where a browser can show it. */
function DetailsDialog({ path, entry, rights, onTask, onClose }: TaskOptions & { readonly entry: WebEntry }) {
  const text = words.details;
  const { name, kind, size, modified, preview } = entry;
  const whole = childOf(path, name);
  const mayRead = kind !== 'directory' && rights?.has('download');
  return (
    <Dialog title={name} onClose={onClose}>
      {mayRead && preview && <FilePreview path={whole} name={name} kind={preview} />}
      <Facts
        rows={[
          [text.path, <span class="cut">{whole}</span>],
          [text.kind, words.files.kinds[kind]],
          ...(kind === 'directory' ? [] : [[text.size, bytes(size)] as const]),
          [text.modified, moment(modified)],
        ]}
      />
      <div class="buttons">
        {rights?.has('rename') && (
          <button type="button" onClick={() => onTask({ kind: 'rename', subjects: [entry] })}>
            {words.actions.rename}
          </button>
        )}
        {rights?.has('delete') && (
          <button type="button" class="danger" onClick={() => onTask({ kind: 'remove', subjects: [entry] })}>
            {words.actions.delete}
          </button>
        )}
        {mayRead && (
          <a class="button primary" href={contentUrl(whole)} download={name}>
            {words.actions.download}
          </a>
        )}
      </div>
    </Dialog>
  );
}
