import { useState } from 'preact/hooks';
import { ask } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Choice, Form } from '../../shared/parts/form.tsx';
import { changedMeanwhile } from '../../shared/parts/states.tsx';
import { useAction } from '../../shared/parts/use-action.ts';
import { words } from '../words/index.ts';
import { Editor } from './editor.tsx';
import { beginningOf, type SettingsField, settingAt } from './fields.ts';

interface DialogOptions {
  /** Of the account or the group, in the API. */
  readonly path: string;
  readonly etag: string | undefined;
  readonly field: SettingsField;
  /** What it says itself: undefined inherits, null is "none". */
  readonly own: unknown;
  /** As it holds, to begin with. */
  readonly value: unknown;
  readonly isGroup: boolean;
  readonly onClose: (isDone: boolean) => void;
}

type Mode = 'own' | 'none' | 'inherit';

/** Changes one field: a value of its own, none, or what others give. */
export function FieldDialog({ path, etag, field, own, value, isGroup, onClose }: DialogOptions) {
  const { place, isOwn = false, isOptional = false } = field;
  const text = words.settings;
  const [mode, setMode] = useState<Mode>(modeOf(own, value, isOwn));
  const [draft, setDraft] = useState<unknown>(value ?? beginningOf(field));
  const { isBusy, failure, run } = useAction();
  const modes = [
    ['own', text.modes.own],
    ...(isOptional ? [['none', text.modes.none] as const] : []),
    ...(isOwn ? [] : [['inherit', isGroup ? text.modes.silent : text.modes.inherit] as const]),
  ] as const;
  const shown = modes.some(([each]) => each === mode) ? mode : 'own';
  const submit = async () => {
    const set = { own: { set: settingAt(place, draft) }, none: { set: settingAt(place, null) } };
    const body = shown === 'inherit' ? { inherit: [place] } : set[shown];
    if (await run(() => ask('PATCH', path, { body, ifMatch: etag }))) onClose(true);
  };
  return (
    <Dialog title={words.fields[place]} onClose={() => onClose(false)}>
      <Form
        submit={text.save}
        isBusy={isBusy}
        failure={failure && changedMeanwhile(failure)}
        onSubmit={() => inBackground(submit())}
      >
        {modes.length > 1 && (
          <fieldset>
            <legend class="for-readers">{text.whose}</legend>
            {modes.map(([each, label]) => (
              <Choice key={each} name="mode" label={label} isChosen={shown === each} onChoose={() => setMode(each)} />
            ))}
          </fieldset>
        )}
        {shown === 'own' && <Editor field={field} value={draft} onValue={(next) => setDraft(() => next)} />}
      </Form>
    </Dialog>
  );
}

function modeOf(own: unknown, value: unknown, isOwn: boolean): Mode {
  if (own === null) return 'none';
  if (own !== undefined) return 'own';
  if (!isOwn) return 'inherit';
  return value === undefined ? 'none' : 'own';
}
