import type { Reply } from './reply.ts';

/**
 * Reads the answer to FEAT (RFC 2389 section 3.2): the name of each feature in upper case, and its parameters, empty
 * where it has none. What several lines say of one name is joined by semicolons, as `AUTH SSL` and `AUTH TLS` are
 * written in one line elsewhere. A server without features has an empty map.
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
