import { DE } from './de.ts';
import { EN } from './en.ts';

/** Every text of the console. A further language is a further row in `CATALOGUES`, and complete by its type. */
export type Words = typeof EN;

const CATALOGUES = { en: EN, de: DE } as const satisfies { readonly [language: string]: Words };
type Catalogue = keyof typeof CATALOGUES;
/** Each in itself, so that whoever can read it finds it. */
export const LANGUAGES: { readonly [each in Catalogue]: string } = { en: 'English', de: 'Deutsch' };
const CHOSEN = 'lockport-language';

const name = catalogueName();
/** For the markup, and for menus. */
export const language: string = name;
export const words: Words = CATALOGUES[name];
/** For dates and numbers: with the region of the reader, where there is one. */
export const locale = navigator.languages.find((tag) => nameOf(tag) === name) ?? name;

/** Shows the pages in that language, in this browser. */
export function chooseLanguage(tag: string): void {
  localStorage.setItem(CHOSEN, tag);
  location.reload();
}

function catalogueName(): Catalogue {
  const wanted = [localStorage.getItem(CHOSEN) ?? '', ...navigator.languages];
  return wanted.map(nameOf).find((each) => each !== undefined) ?? 'en';
}

function nameOf(tag: string): Catalogue | undefined {
  const [start = ''] = tag.toLowerCase().split('-');
  return Object.hasOwn(CATALOGUES, start) ? (start as Catalogue) : undefined;
}
