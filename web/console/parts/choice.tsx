import { useId } from 'preact/hooks';

interface ChoiceOptions {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly string[])[];
  readonly onChoice: (value: string) => void;
}

/** One of several, each a value and its words. */
export function Choice({ label, value, options, onChoice }: ChoiceOptions) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoice(currentTarget.value)}>
        {options.map(([each = '', shown = each]) => (
          <option key={each} value={each}>
            {shown}
          </option>
        ))}
      </select>
    </div>
  );
}
