import { type Syntax, SyntaxFailure } from './syntax.ts';
import { formatTime, parseTime } from './time.ts';

/** The facts to set on an entry. The server sets all of them or none. */
export interface ChangedFacts {
  readonly modify?: Date;
  readonly create?: Date;
  /** POSIX permission bits. */
  readonly mode?: number;
  readonly path: string;
}

/**
 * The argument of MFF: `Modify=20020717210715;UNIX.mode=0644; path` (draft-somers-ftp-mfxx-04 section 5). An unknown fact
 * is refused with 504. The reply lists the facts that were set in the same form.
 */
export const changedFacts: Syntax<ChangedFacts> = {
  parse(argument) {
    const space = argument.indexOf('; ');
    const path = argument.slice(space + 2);
    if (space === -1 || path === '') throw new SyntaxFailure(501, EXPECTED);
    let changes: Omit<ChangedFacts, 'path'> = {};
    for (const fact of argument.slice(0, space).split(';')) {
      const change = parseFact(fact);
      if (Object.keys(change).some((name) => name in changes)) throw new SyntaxFailure(501, 'A fact may be given once');
      changes = { ...changes, ...change };
    }
    return { ...changes, path };
  },
  format({ modify, create, mode, path }) {
    const facts = [
      modify && `Modify=${formatTime(modify)};`,
      create && `Create=${formatTime(create)};`,
      mode !== undefined && `UNIX.mode=${formatMode(mode)};`,
    ];
    return `${facts.filter(Boolean).join('')} ${path}`;
  },
};

const EXPECTED = 'Expected facts and a path: Modify=YYYYMMDDHHMMSS;UNIX.mode=0644; path';

function parseFact(fact: string): Omit<ChangedFacts, 'path'> {
  const equals = fact.indexOf('=');
  if (equals === -1) throw new SyntaxFailure(501, EXPECTED);
  const value = fact.slice(equals + 1);
  switch (fact.slice(0, equals).toLowerCase()) {
    case 'modify':
      return { modify: parseTime(value) };
    case 'create':
      return { create: parseTime(value) };
    case 'unix.mode':
      return { mode: parseMode(value) };
    default:
      throw new SyntaxFailure(504, 'Only the facts Modify, Create and UNIX.mode can be set');
  }
}

/** The argument of SITE CHMOD: a mode as in chmod(2), one space, a path. No RFC describes it. */
export const modeAndPath: Syntax<{ readonly mode: number; readonly path: string }> = {
  parse(argument) {
    const space = argument.indexOf(' ');
    const path = argument.slice(space + 1);
    if (space === -1 || path === '') throw new SyntaxFailure(501, 'Expected a mode and a path: 644 path');
    return { mode: parseMode(argument.slice(0, space)), path };
  },
  format: ({ mode, path }) => `${formatMode(mode)} ${path}`,
};

/** Formats permission bits as four octal digits. */
export function formatMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function parseMode(digits: string): number {
  if (!/^0?[0-7]{3}$/.test(digits)) throw new SyntaxFailure(501, 'Expected a mode of three octal digits');
  return Number.parseInt(digits, 8);
}
