/**
 * Whether the reply that ends a listing says that entries are missing. Pure-FTPd stops at its `LimitRecursion` (10,000 by
 * default) with `226 Output truncated to 10000 matches`, in the language that it was built with. The pattern knows those
 * translations as far as they use ASCII letters, and the words that other servers use.
 */
export function tellsCutListing(text: string): boolean {
  return CUT.test(text);
}

/**
 * Whether the reply says that the directory has no entries. A mere "done" does not say so. Neither does a sentence that goes
 * on: "No files may be listed" and "not empty" are replies about directories that have entries.
 */
export function tellsEmptyListing(text: string): boolean {
  return EMPTY.test(text);
}

/** Stems of words. `.{1,2}` matches a letter outside ASCII, because its charset is unknown. */
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
 * Matches `450 No files found`, `226 0 matches total`, `Directory is empty`, the `550 No data sets found` and `No members
 * found` of z/OS, and similar replies.
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
