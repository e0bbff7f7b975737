/** The short names of the twelve months as `ls` prints them. `|` separates several names for one month. */
const SHORT_NAMES: readonly string[] = [
  'jan feb mar apr may jun jul aug sep oct nov dec', // English
  'jan|jän feb mär|mrz|märz apr mai jun|juni jul|juli aug sep|sept okt nov dez', // German
  'jan|janv fév|févr mars avr|avril mai juin jui|juil aoû|août sep|sept oct nov déc', // French
  'ene feb mar abr may jun jul ago sep|sept oct nov dic', // Spanish
  'gen feb mar apr mag giu lug ago set|sett ott nov dic', // Italian
  'jan fev mar abr mai jun jul ago set out nov dez', // Portuguese
  'jan feb mrt apr mei jun jul aug sep okt nov dec', // Dutch
  'sty lut mar kwi maj cze lip sie wrz paź lis gru', // Polish
  'jan febr márc ápr máj jún júl aug szept okt nov dec', // Hungarian
  'led úno bře dub kvě čvn čvc srp zář říj lis pro', // Czech
  'oca şub mar nis may haz tem ağu eyl eki kas ara', // Turkish
  'jan feb mar apr maj jun jul aug sep okt nov dec', // Danish, Swedish
  'янв фев|февр мар|марта апр май|мая июн|июня июл|июля авг сен|сент окт ноя|нояб дек', // Russian
];

const MONTHS = new Map(
  SHORT_NAMES.flatMap((language) =>
    language.split(' ').flatMap((names, index) => names.split('|').map((name) => [name, index + 1] as const)),
  ),
);

const LONGEST_NAME = 6;

/**
 * Returns the number of a month, from 1, or undefined for any other word. The name may end in a point or a comma. It may be
 * in Latin-1 while file names are in UTF-8. In Chinese, Japanese and Korean it is a number with a character after it.
 */
export function monthOf(word: string): number | undefined {
  if (word.length > LONGEST_NAME) return undefined;
  const [, number] = /^(\d{1,2})(?:[月월]|[\udc80-\udcff]{1,3})$/.exec(word) ?? [];
  if (number !== undefined) return Number(number);
  const name = word.replace(/[.,]{1,2}$/, '');
  return MONTHS.get(fromLatin1(name).toLowerCase());
}

/** Reads each byte that was no valid UTF-8 as a character of Latin-1 (see `decodeText`). */
function fromLatin1(text: string): string {
  return text.replace(/[\udc80-\udcff]/g, (escape) => String.fromCharCode(escape.charCodeAt(0) & 0xff));
}
