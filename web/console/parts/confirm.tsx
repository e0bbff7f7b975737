import type { ComponentChildren } from 'preact';
import type { Answer } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';
import { Dialog } from '../../shared/parts/dialog.tsx';
import { Form } from '../../shared/parts/form.tsx';
import { useAction } from '../../shared/parts/use-action.ts';

interface ConfirmOptions {
  readonly title: string;
  readonly text: string;
  readonly submit: string;
  readonly work: () => Promise<Answer<unknown>>;
  readonly onDone: () => void;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Asks before something is done that can't be undone. */
export function Confirm({ title, text, submit, work, onDone, onClose, children = null }: ConfirmOptions) {
  const { isBusy, failure, run } = useAction();
  const act = async () => {
    if (await run(work)) onDone();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <Form submit={submit} isBusy={isBusy} failure={failure} onSubmit={() => inBackground(act())}>
        {children}
      </Form>
    </Dialog>
  );
}
