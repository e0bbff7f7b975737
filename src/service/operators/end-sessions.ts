import { printable, type SessionInfo, waitAtMost } from '../../core/index.ts';
import { failure, type OperatorFailure } from './failure.ts';
import type { OperatedService } from './operated-service.ts';

/** Until a session is said to be ending and not ended: its client reads nothing, or its disk does not answer. */
const END_WAIT_MS = 5000;

/** Which sessions. */
export type SessionSelection = { readonly session: string } | { readonly account: string } | { readonly all: true };

export interface EndedSession {
  readonly session: string;
  readonly address: string;
  readonly account?: string;
  /** `ending`: it was told so, and goes on to end. */
  readonly outcome: 'ended' | 'ending';
}

/** @param reason for the clients and the log; without control characters, and short */
export async function endSelected(
  service: OperatedService,
  selection: SessionSelection,
  reason: string | undefined,
): Promise<readonly EndedSession[] | OperatorFailure> {
  const { sessions } = await service.liveView();
  const selected = sessions.filter((session) => isSelected(session, selection));
  if ('session' in selection && selected.length === 0) {
    return failure('no-such-session', `There is no session ${selection.session} (any more)`);
  }
  if ('account' in selection && selected.length === 0 && !(await isThere(service, selection.account))) {
    return failure(
      'no-such-account',
      `There is no account ${printable(selection.account)}: "lockport user list" names them`,
    );
  }
  const told = `This session was ended by whoever runs the server${reason === undefined ? '' : `: ${reason}`}`;
  return endAll(service, selected, `ended by an operator${reason === undefined ? '' : `: ${reason}`}`, told);
}

/** One that can't be read is there. */
function isThere({ accounts }: OperatedService, name: string): Promise<boolean> {
  return accounts.find(name).then(
    (found) => found !== undefined,
    () => true,
  );
}

/** Ends each of them. Bounded, whatever state their processes are in. */
export async function endAll(
  service: OperatedService,
  sessions: readonly SessionInfo[],
  reason: string,
  told: string,
): Promise<readonly EndedSession[]> {
  const ended = sessions.map(async ({ session, address, account }): Promise<EndedSession> => {
    let outcome: EndedSession['outcome'] = 'ending';
    const end = async (): Promise<void> => {
      await service.endSession(session, reason, told);
      outcome = 'ended';
    };
    await waitAtMost(end(), END_WAIT_MS);
    return { session, address, ...(account !== undefined && { account }), outcome };
  });
  return Promise.all(ended);
}

function isSelected({ session, account }: SessionInfo, selection: SessionSelection): boolean {
  if ('session' in selection) return session === selection.session;
  return 'all' in selection || account === selection.account;
}
