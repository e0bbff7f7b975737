import { type Catalogues, language } from '../../shared/words/index.ts';
import { DE } from './de.ts';
import { EN } from './en.ts';

/** Every text of the console. */
export type Words = typeof EN;

const CATALOGUES: Catalogues<Words> = { en: EN, de: DE };

export const words: Words = CATALOGUES[language];
