import { DE } from './de.ts';
import { EN } from './en.ts';

/** The texts of the parts that all pages share. */
export type SharedWords = typeof EN;
/** One for each language: a further language is a further row in each set of catalogues, and complete by its type. */
export type Catalogues<Words> = { readonly [each in Language]: Words };

/** Each in itself, so that whoever can read it finds it. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
type Language = keyof typeof LANGUAGES;
const CATALOGUES: Catalogues<SharedWords> = { en: EN, de: DE };
const CHOSEN = 'lockport-language';

/** That of the reader, as far as there is one. */
export const language: Language =
  [localStorage.getItem(CHOSEN) ?? '', ...navigator.languages].map(languageOf).find((each) => each !== undefined) ??
  'en';
/** For dates and numbers: with the region of the reader, where there is one. */
export const locale: string = navigator.languages.find((tag) => languageOf(tag) === language) ?? language;
export const words: SharedWords = CATALOGUES[language];

/** Shows the pages in that language, in this browser. */
export function chooseLanguage(tag: string): void {
  localStorage.setItem(CHOSEN, tag);
  location.reload();
}

function languageOf(tag: string): Language | undefined {
  const [start = ''] = tag.toLowerCase().split('-');
  return Object.hasOwn(LANGUAGES, start) ? (start as Language) : undefined;
}
