import { useState } from 'preact/hooks';
import type { DirectoryPage, MoveBody, WebEntry } from '../../../src/web/contract.ts';
import { ask } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form } from '../../shared/parts/form.tsx';
import { Answered } from '../../shared/parts/states.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { useAnswer } from '../../shared/use-answer.ts';
import { childOf, namesIn, parentOf } from '../paths.ts';
import { words } from '../words/index.ts';

const text = words.move;
const MOST_FOLDERS = '500';

interface MoveOptions {
  /** Where they are. */
  readonly path: string;
  readonly subjects: readonly WebEntry[];
  readonly onMoved: (folder: string) => void;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Asks for the folder that entries go to. */
export function MoveDialog({ path, subjects, onMoved, onChanged, onClose }: MoveOptions) {
  const [folder, setFolder] = useState(path);
  // Folders come first.
  const loaded = useAnswer<DirectoryPage>('/files', { path: folder, sort: 'name', limit: MOST_FOLDERS });
  const { isBusy, failure, run } = useAction();
  const act = async () => {
    for (const { name } of subjects) {
      const body: MoveBody = { from: childOf(path, name), to: childOf(folder, name) };
      // What was moved before is moved.
      if (!(await run(() => ask('POST', '/move', { body })))) return onChanged();
    }
    onMoved(folder);
  };
  const isSubject = (name: string) => folder === path && subjects.some((each) => each.name === name);
  return (
    <Dialog title={text.title(subjects.length, subjects[0]?.name ?? '')} onClose={onClose}>
      <p>{text.text}</p>
      <p class="path">
        <strong>{folder === '/' ? words.files.home : namesIn(folder).join(' / ')}</strong>
      </p>
      <ul class="plain folders" aria-label={text.folders}>
        {folder !== '/' && (
          <li>
            <button type="button" class="quiet" onClick={() => setFolder(parentOf(folder))}>
              ↑ {text.up}
            </button>
          </li>
        )}
        <Answered loaded={loaded}>
          {({ entries }) => {
            const folders = entries.filter(({ kind, name }) => kind === 'directory' && !isSubject(name));
            if (folders.length === 0) return <li class="muted">{text.noFolders}</li>;
            return folders.map(({ name }) => (
              <li key={name}>
                <button type="button" class="quiet" onClick={() => setFolder(childOf(folder, name))}>
                  <span class="entry-icon folder" aria-hidden="true" />
                  {name}
                </button>
              </li>
            ));
          }}
        </Answered>
      </ul>
      <Form
        submit={text.here}
        isBusy={isBusy || folder === path}
        failure={failure}
        onSubmit={() => inBackground(act())}
      >
        {null}
      </Form>
    </Dialog>
  );
}
