import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Failure } from '../api.ts';
import { FailureNotice } from './states.tsx';

interface FieldOptions extends Omit<JSX.IntrinsicElements['input'], 'value' | 'onInput'> {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** A line of text with its label, and a hint that screen readers tell with it. */
export function TextField({ label, hint, value, onText, ...rest }: FieldOptions) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...rest}
        id={id}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface FormOptions {
  readonly submit: string;
  readonly isBusy: boolean;
  readonly failure: Failure | undefined;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
  /** Beside the button. */
  readonly more?: ComponentChildren;
}

export function Form({ submit, isBusy, failure, onSubmit, children, more }: FormOptions) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onSubmit();
      }}
    >
      {children}
      {failure && <FailureNotice failure={failure} />}
      <div class="buttons">
        {more}
        <button type="submit" class="primary" aria-disabled={isBusy}>
          {submit}
        </button>
      </div>
    </form>
  );
}
