import { useId, useState } from 'preact/hooks';
import { words } from '../words/index.ts';

interface ListOptions {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly items: readonly string[];
  readonly onItems: (items: readonly string[]) => void;
  /** Offered while somebody types. */
  readonly offered?: readonly string[];
}

/** A list of texts, from which one is taken or to which one is added. What stands in the field counts as well. */
export function ListEditor({ label, hint, items, onItems, offered = [] }: ListOptions) {
  const id = useId();
  const [text, setText] = useState('');
  const typed = text.trim();
  const set = (kept: readonly string[], next: string) => {
    setText(next);
    const last = next.trim();
    onItems(last === '' || kept.includes(last) ? kept : [...kept, last]);
  };
  const kept = typed !== '' && items.at(-1) === typed ? items.slice(0, -1) : items;
  return (
    <div class="field">
      {kept.length === 0 ? (
        <p class="muted">{words.settings.emptyList}</p>
      ) : (
        <ul class="plain items">
          {kept.map((item) => (
            <li key={item}>
              <code class="path">{item}</code>
              <button
                type="button"
                class="quiet icon"
                aria-label={words.settings.takeOut(item)}
                onClick={() =>
                  set(
                    kept.filter((each) => each !== item),
                    text,
                  )
                }
              >
                <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <label for={id}>{label}</label>
      <div class="with-button">
        <input
          id={id}
          value={text}
          list={`${id}-offered`}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onInput={({ currentTarget }) => set(kept, currentTarget.value)}
        />
        <button type="button" aria-disabled={typed === ''} onClick={() => typed !== '' && setText('')}>
          {words.settings.add}
        </button>
      </div>
      <datalist id={`${id}-offered`}>
        {offered.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
