import type { Check } from './examined-server.ts';

interface Wanted {
  readonly name: string;
  readonly without: string;
}

/** What a client of today builds on, and what it has to do without it. */
const WANTED: readonly Wanted[] = [
  { name: 'MLST', without: 'listings are read from LIST, whose dates are vague and in the time of the server' },
  { name: 'SIZE', without: 'an upload cannot be checked by its size' },
  { name: 'MDTM', without: 'the time of a file is known by its listing alone' },
  { name: 'REST', without: 'a broken transfer begins again from the start' },
  { name: 'UTF8', without: 'names beyond ASCII may come out wrong: set the encoding' },
  { name: 'EPSV', without: 'PASV is used, which cannot do IPv6' },
];

/** FEAT (RFC 2389). */
export const features: Check = async function* ({ signedIn }) {
  const { features: known } = signedIn;
  if (known.size === 0) {
    yield {
      check: 'features',
      verdict: 'warning',
      message: 'FEAT is not answered: nothing is known of what the server can do',
    };
    return;
  }
  const missing = WANTED.filter(({ name }) => !known.has(name) && !(name === 'MLST' && known.has('MLSD')));
  const facts = { features: [...known.keys()] };
  if (missing.length === 0) {
    yield { check: 'features', verdict: 'good', message: 'FEAT announces all that a client of today builds on', facts };
    return;
  }
  // Many announce EPSV not at all and have it; the check of passive mode tells.
  for (const { name, without } of missing.filter((one) => one.name !== 'EPSV')) {
    yield { check: 'features', verdict: 'note', message: `FEAT does not announce ${name}: ${without}`, facts };
  }
};
