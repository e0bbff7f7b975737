import type { CurrentTransfer, RunningCommand, SessionInfo } from '../../core/index.ts';

/** A session as procedures answer it: moments are in ISO 8601. */
export interface ShownSession extends Omit<WithMoment<SessionInfo>, 'command' | 'transfer'> {
  readonly command?: WithMoment<RunningCommand>;
  readonly transfer?: WithMoment<CurrentTransfer>;
}

type WithMoment<Info> = Omit<Info, 'since'> & { readonly since: string };

export function shownSession({ command, transfer, ...session }: SessionInfo): ShownSession {
  return {
    ...withMoment(session),
    ...(command && { command: withMoment(command) }),
    ...(transfer && { transfer: withMoment(transfer) }),
  };
}

function withMoment<Info extends { readonly since: number }>(info: Info): WithMoment<Info> {
  return { ...info, since: new Date(info.since).toISOString() };
}
