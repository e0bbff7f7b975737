import { EN } from './en.ts';

/** Every text of the console. A further language is a further row in `CATALOGUES`, and complete by its type. */
export type Words = typeof EN;

const CATALOGUES = { en: EN } as const satisfies { readonly [language: string]: Words };

/** That of the reader, as far as there is one. */
export const language = navigator.languages.find((each) => catalogueOf(each) !== undefined) ?? 'en';
export const words: Words = catalogueOf(language) ?? EN;

function catalogueOf(tag: string): Words | undefined {
  const [name = ''] = tag.toLowerCase().split('-');
  return Object.hasOwn(CATALOGUES, name) ? CATALOGUES[name as keyof typeof CATALOGUES] : undefined;
}
