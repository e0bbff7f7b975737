import { type Syntax, SyntaxFailure } from './syntax.ts';

/**
 * Cuts an argument into names, separated by spaces. A name that holds spaces or begins with a double quote stands in
 * double quotes, in which a double quote is written twice (as in RFC 959 appendix II). A backslash means nothing.
 * @throws SyntaxFailure 501 for a quote that does not end, or has something right behind it.
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

/** The first name of an argument, and what stands behind the space that ends it. */
export function takeName(argument: string): { name: string; after: string } {
  if (argument.startsWith('"')) return takeQuoted(argument);
  const space = argument.indexOf(' ');
  const end = space === -1 ? argument.length : space;
  if (end === 0) throw new SyntaxFailure(501, 'Expected names with one space between them');
  return { name: argument.slice(0, end), after: argument.slice(end + 1) };
}

/** The name as `takeName` reads it. */
export function formatName(name: string): string {
  return name === '' || name.includes(' ') || name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name;
}

function takeQuoted(argument: string): { name: string; after: string } {
  const match = /^"([^"]*(?:""[^"]*)*)"(?: |$)/.exec(argument);
  if (match === null) throw new SyntaxFailure(501, 'A quoted name does not end, or has something right behind it');
  const [whole, inside = ''] = match;
  return { name: inside.replaceAll('""', '"'), after: argument.slice(whole.length) };
}

/** One file made of others, in their order. */
export interface CombineArguments {
  readonly target: string;
  readonly parts: readonly string[];
}

/** COMB: the target, then at least one part; quoted or simple names. No RFC describes it. */
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

/** A symbolic link that is to be made at `path`. */
export interface NewLink {
  readonly target: string;
  readonly path: string;
}

/** SITE SYMLINK: what the link points to, then its own name, as ln(1) has it. No RFC describes it. */
export const newLink: Syntax<NewLink> = {
  parse(argument) {
    const [target, path, ...more] = parseNames(argument);
    if (!target || !path || more.length > 0) throw new SyntaxFailure(501, 'Expected two names: target link');
    return { target, path };
  },
  format: ({ target, path }) => `${formatName(target)} ${formatName(path)}`,
};
