import { type Syntax, SyntaxFailure } from './syntax.ts';

/**
 * Splits an argument into names at single spaces. A name that contains a space or begins with a double quote must be in
 * double quotes, and a double quote in it is doubled (as in RFC 959 appendix II). A backslash is an ordinary character.
 * @throws SyntaxFailure 501 if a closing quote is missing, or is followed by anything but a space
 */
export function parseNames(argument: string): string[] {
  const names: string[] = [];
  for (let rest = argument; rest !== ''; ) {
    const { name, after } = takeName(rest);
    names.push(name);
    rest = after;
  }
  return names;
}

/** Splits off the first name of an argument. `after` is what follows the space after it. */
export function takeName(argument: string): { name: string; after: string } {
  if (argument.startsWith('"')) return takeQuoted(argument);
  const space = argument.indexOf(' ');
  const end = space === -1 ? argument.length : space;
  if (end === 0) throw new SyntaxFailure(501, 'Expected names with one space between them');
  return { name: argument.slice(0, end), after: argument.slice(end + 1) };
}

/** Formats a name so that `takeName` reads it back. */
export function formatName(name: string): string {
  return name === '' || name.includes(' ') || name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name;
}

function takeQuoted(argument: string): { name: string; after: string } {
  const match = /^"([^"]*(?:""[^"]*)*)"(?: |$)/.exec(argument);
  if (match === null) throw new SyntaxFailure(501, 'A quoted name does not end, or has something right behind it');
  const [whole, inside = ''] = match;
  return { name: inside.replaceAll('""', '"'), after: argument.slice(whole.length) };
}

/** The parts that COMB joins into the target, in their order. */
export interface CombineArguments {
  readonly target: string;
  readonly parts: readonly string[];
}

/** The argument of COMB: the target, then at least one part. Names may be quoted. No RFC describes it. */
export const combination: Syntax<CombineArguments> = {
  parse(argument) {
    const [target, ...parts] = parseNames(argument);
    if (!target || parts.length === 0 || parts.includes('')) {
      throw new SyntaxFailure(501, 'Expected a target and its parts: target part part');
    }
    return { target, parts };
  },
  format: ({ target, parts }) => [target, ...parts].map(formatName).join(' '),
};

/** The symbolic link to make at `path`. */
export interface NewLink {
  readonly target: string;
  readonly path: string;
}

/** The argument of SITE SYMLINK: the target of the link, then its name, in the order of ln(1). No RFC describes it. */
export const newLink: Syntax<NewLink> = {
  parse(argument) {
    const [target, path, ...more] = parseNames(argument);
    if (!target || !path || more.length > 0) throw new SyntaxFailure(501, 'Expected two names: target link');
    return { target, path };
  },
  format: ({ target, path }) => `${formatName(target)} ${formatName(path)}`,
};
