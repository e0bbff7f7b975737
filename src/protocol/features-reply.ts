import type { Reply } from './reply.ts';

/**
 * Reads the answer to FEAT (RFC 2389 section 3.2): the name of each feature in upper case, and its parameters, which may be
 * empty. The parameters of several lines with one name are joined by semicolons, because other servers write `AUTH SSL` and
 * `AUTH TLS` in one line. The map of a server without features is empty.
 */
export function parseFeatures({ code, lines }: Reply): ReadonlyMap<string, string> {
  const features = new Map<string, string>();
  if (code !== 211) return features;
  for (const line of lines.slice(1, -1)) {
    const text = line.trim();
    if (text === '') continue;
    const space = text.indexOf(' ');
    const name = (space === -1 ? text : text.slice(0, space)).toUpperCase();
    const parameters = space === -1 ? '' : text.slice(space).trim();
    features.set(name, joined(features.get(name), parameters));
  }
  return features;
}

function joined(before: string | undefined, parameters: string): string {
  if (!before || parameters === '') return before || parameters;
  return before.endsWith(';') ? before + parameters : `${before};${parameters}`;
}
