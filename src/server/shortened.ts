/** The longest text of a peer's choice that is kept for operators, in characters. */
const MAX_SHOWN = 128;

/** The text, or its beginning. A copy: V8 keeps the whole line that a part was cut from. */
export function shortened(text: string): string {
  const shown = text.slice(0, MAX_SHOWN).split('').join('');
  return text.length > MAX_SHOWN ? `${shown}...` : shown;
}
