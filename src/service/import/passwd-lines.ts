import { ImportError } from './import-error.ts';
import { type ImportedFile, inFile } from './imported.ts';

/** The most accounts that one file may have, and the longest line. */
const MAX_ACCOUNTS = 100_000;
const MAX_LINE_LENGTH = 8192;

/** A line of a file like /etc/passwd. */
export interface PasswdLine {
  readonly fields: readonly string[];
  /** Counted from 1. */
  readonly line: number;
}

/** Its lines without comments and empty ones. @throws ImportError */
export function passwdLines(file: ImportedFile, least: number, most: number): readonly PasswdLine[] {
  return inFile(file, () => linesOf(file, least, most));
}

function linesOf({ text }: ImportedFile, least: number, most: number): readonly PasswdLine[] {
  const lines = text
    .split(/\r?\n/)
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '' && !content.startsWith('#'));
  if (lines.length > MAX_ACCOUNTS) throw new ImportError(`it has more than ${MAX_ACCOUNTS} accounts`);
  return lines.map(({ content, line }) => {
    if (content.length > MAX_LINE_LENGTH || content.includes('\0'))
      throw new ImportError('this is no line of such a file', line);
    const fields = content.split(':');
    if (fields.length >= least && fields.length <= most) return { fields, line };
    const expected = least === most ? `${least}` : `${least} to ${most}`;
    throw new ImportError(`expected ${expected} fields that are separated by ":", got ${fields.length}`, line);
  });
}
