import { type Catalogues, language } from '../../shared/words/index.ts';
import { DE } from './de.ts';
import { EN } from './en.ts';

/** Every text of the file browser. */
export type FileWords = typeof EN;

const CATALOGUES: Catalogues<FileWords> = { en: EN, de: DE };

export const words: FileWords = CATALOGUES[language];
