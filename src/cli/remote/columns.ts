/** How many columns of a terminal the text takes: wide characters two, marks that join the one before none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

/** The text in exactly so many columns: filled up with spaces, or with its middle replaced by an ellipsis. */
export function fitted(text: string, columns: number): string {
  const missing = columns - columnsOf(text);
  if (missing >= 0) return text + ' '.repeat(missing);
  if (columns < 1) return '';
  const characters = Array.from(text);
  const head = cut(characters, Math.floor((columns - 1) / 2));
  const tail = cut(characters.toReversed(), columns - 1 - columnsOf(head.join(''))).toReversed();
  const short = `${head.join('')}…${tail.join('')}`;
  return short + ' '.repeat(Math.max(0, columns - columnsOf(short)));
}

function cut(characters: readonly string[], columns: number): string[] {
  let left = columns;
  const end = characters.findIndex((character) => {
    left -= widthOf(character);
    return left < 0;
  });
  return characters.slice(0, end < 0 ? undefined : end);
}

function widthOf(character: string): 0 | 1 | 2 {
  if (/^[\p{Mn}\p{Me}\u200b-\u200d]$/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** East Asian Wide and Fullwidth (Unicode Standard Annex 11), and what is shown as a picture. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;
