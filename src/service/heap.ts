import { setFlagsFromString } from 'node:v8';

/**
 * Fits V8's heap to a server, where nearly all that is made for a command or a line of a listing is gone soon after.
 *
 * The part for new objects stays as small as it is: a crowd that signs in would make it grow to 48 MiB, which it then
 * keeps, as much as 500 sessions that do nothing. Transfers need no large one, as their bytes lie elsewhere.
 *
 * And new objects are made there, always. V8 else takes a few collections for a sign of which lines of code make objects
 * that last, and makes those among the old ones: the entries of one long listing then take some 20 to 90 MiB.
 */
export function fitHeapToService(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-allocation-site-pretenuring');
}
