import { Choice, TextField } from '../../shared/parts/form.tsx';
import { words } from '../words/index.ts';
import type { ShownRule } from './fields.ts';

interface RightsOptions {
  readonly rules: readonly ShownRule[];
  readonly onRules: (rules: readonly ShownRule[]) => void;
}

/** What is allowed in each directory, and below it down to the next one that is named. */
export function RightsEditor({ rules, onRules }: RightsOptions) {
  const text = words.settings;
  const replace = (index: number, ...by: readonly ShownRule[]) => onRules(rules.toSpliced(index, 1, ...by));
  return (
    <>
      <p class="hint">{text.rightsHint}</p>
      {rules.map((rule, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the path of a rule changes while somebody types it
        <fieldset class="rule" key={index}>
          <legend class="for-readers">{text.rightsIn(rule.path)}</legend>
          <TextField
            label={text.directory}
            value={rule.path}
            onText={(path) => replace(index, { ...rule, path })}
            autocomplete="off"
            spellcheck={false}
            required
          />
          <div class="checks">
            {Object.entries(words.account.rightNames).map(([right, label = right]) => (
              <Choice
                key={right}
                label={label}
                isChosen={rule.rights.includes(right)}
                onChoose={(isChosen) => {
                  const others = rule.rights.filter((each) => each !== right);
                  replace(index, { ...rule, rights: isChosen ? [...others, right] : others });
                }}
              />
            ))}
          </div>
          <button type="button" class="quiet" onClick={() => replace(index)}>
            {text.takeRuleOut(rule.path)}
          </button>
        </fieldset>
      ))}
      <button type="button" onClick={() => onRules([...rules, { path: '/', rights: ['list'] }])}>
        {text.addRule}
      </button>
    </>
  );
}
