import { chooseLanguage, LANGUAGES, language } from '../../shared/words/index.ts';
import { words } from '../words/index.ts';

/** The language of the pages: that of the browser, unless somebody chooses. */
export function Language() {
  return (
    <select
      class="language"
      aria-label={words.language}
      value={language}
      onChange={({ currentTarget }) => chooseLanguage(currentTarget.value)}
    >
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  );
}
