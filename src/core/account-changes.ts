import { type Account, RIGHTS } from './identity.ts';
import { rightsOf } from './rights.ts';

type Test = (before: Account, after: Account) => boolean;

/** What takes something away from an account, so that sessions which began before may not go on; each with its name in the log. */
const TAKEN_AWAY: readonly (readonly [why: string, test: Test])[] = [
  ['account disabled', (before, after) => after.disabled && !before.disabled],
  ['home changed', (before, after) => after.home !== before.home],
  ['rights narrowed', hasLostRights],
  ['allowed addresses narrowed', (before, after) => !isWithinList(before.allowedAddresses, after.allowedAddresses)],
  ['session limit lowered', (before, after) => (after.maxSessions ?? Infinity) < (before.maxSessions ?? Infinity)],
  [
    'certificate rule changed',
    (before, after) =>
      after.certificate.use !== before.certificate.use ||
      !isWithinList(before.certificate.fingerprints, after.certificate.fingerprints),
  ],
];

/** Why sessions of an account must end when it is changed so; undefined where nothing is taken away. An expiry is not among it. */
export function whatIsTakenAway(before: Account, after: Account): string | undefined {
  return TAKEN_AWAY.find(([, test]) => test(before, after))?.[0];
}

/** Rights change only where a rule begins, so the paths of all rules stand for every path. */
function hasLostRights(before: Account, after: Account): boolean {
  const [had, has] = [rightsOf(before.rights), rightsOf(after.rights)];
  const paths = [...before.rights, ...after.rights].map(({ path }) => path);
  return paths.some((path) => RIGHTS.some((right) => had(right, path) && !has(right, path)));
}

/** Whether a list, where an empty one means anything, still holds all that it held. */
function isWithinList(before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return true;
  return before.length > 0 && before.every((each) => after.includes(each));
}
