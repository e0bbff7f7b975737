/** English. Texts that need a value are functions, so that another language can order words as it must. */
export const EN = {
  brand: 'Lockport',
  language: 'Language',
  skip: 'Skip to the content',
  loading: 'Loading…',
  retry: 'Try again',
  more: 'Show more',
  cancel: 'Cancel',
  close: 'Close',
  unreachable: 'The server does not answer. It may be restarting: the page tries again by itself.',
  failed: 'That did not work.',
  /** What the server says in English, by its code; without a row, its own sentence is shown. */
  failures: {} as Readonly<Record<string, string | undefined>>,
  changedMeanwhile: 'Somebody else has changed it meanwhile. It is shown as it is now: look, and try again.',
};
