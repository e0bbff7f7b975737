/**
 * Whether the reply that ends a listing says that entries were left out. Pure-FTPd stops at its `LimitRecursion` (10,000
 * by default) with `226 Output truncated to 10000 matches`, in the language that it was built with; its words stand
 * here as far as they are in letters of ASCII. The others are what servers call such an end.
 */
export function tellsCutListing(text: string): boolean {
  return CUT.test(text);
}

/**
 * Whether the reply says that there are no entries, which must not be taken from a mere "done", nor from a sentence that
 * goes on: "No files may be listed" and "not empty" tell of a directory that has some.
 */
export function tellsEmptyListing(text: string): boolean {
  return EMPTY.test(text);
}

/** Stems; a point stands for a letter that is no ASCII, in whichever charset it came. */
const CUT = new RegExp(
  [
    'truncat', // English, Spanish, Portuguese
    'tronquee|tronquée|troncat|trunchiat|trunker', // French, Italian, Romanian, Swedish
    'beschr.{1,2}nkt|afgekort|avkortet|afrundet', // German, Dutch, Norwegian, Danish
    'zkr.{1,2}cen|skraten|obci.{1,2}te|csonk.{1,2}tva|shkurtuar', // Czech, Slovak, Polish, Hungarian, Albanian
    'incomplete|too many (?:files|entries|matches)|(?:file|entry|listing|list) limit',
    'limit (?:was )?(?:reached|exceeded)|(?:listing|transfer) (?:was )?(?:aborted|interrupted|stopped)|timed out',
  ].join('|'),
  'i',
);

/**
 * `450 No files found`, z/OS's `550 No data sets found` and `No members found`, `226 0 matches total`, `Directory is
 * empty`, and their like.
 */
const EMPTY = new RegExp(
  [
    '\\bno (?:matching )?(?:files?|entries|members|data ?sets|matches)(?: (?:were )?found)?',
    '\\b(?:directory|folder|library|listing)(?: is)? empty',
    '(?<![\\d.,])0 (?:files|entries|matches)(?: (?:total|found))?',
  ]
    .map((words) => `${words}(?: in (?:the |this )?(?:current )?(?:directory|folder))?[.!)]*\\s*$`)
    .join('|'),
  'i',
);
