/** Control bytes (C0, DEL, C1), line separators, halves of characters, and marks that turn the direction of a line. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;

/** The text with everything that could act on a terminal, or forge a line of a log, spelled out as `\u001b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, spelledOut);
}

/** The same for a line of JSON that ends in a line feed: another spelling of the same value. */
export function escapeInJson(line: string): string {
  return `${printable(line.slice(0, -1))}\n`;
}

function spelledOut(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
