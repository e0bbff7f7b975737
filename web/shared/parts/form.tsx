import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Failure } from '../api.ts';
import { FailureNotice } from './states.tsx';

interface FieldOptions extends Omit<JSX.IntrinsicElements['input'], 'value' | 'onInput'> {
  readonly label: string;
  readonly hint?: string | undefined;
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

interface SelectOptions {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  /** By value. */
  readonly options: Readonly<Record<string, string>>;
}

export function SelectField({ label, value, onText, options }: SelectOptions) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onText(currentTarget.value)}>
        {Object.entries(options).map(([each, shown]) => (
          <option key={each} value={each}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}

interface ChoiceOptions {
  /** Choices of one name exclude each other; without it, each stands by itself. */
  readonly name?: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly isChosen: boolean;
  readonly onChoose: (isChosen: boolean) => void;
}

/** One of several, or a thing that is or is not so. */
export function Choice({ name, label, hint, isChosen, onChoose }: ChoiceOptions) {
  const id = useId();
  return (
    <div class={name === undefined ? 'check' : 'check choice'}>
      <input
        id={id}
        type={name === undefined ? 'checkbox' : 'radio'}
        name={name}
        checked={isChosen}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ currentTarget }) => onChoose(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
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
