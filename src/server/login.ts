import { background, type Credentials, isRefusal, type Refusal } from '../core/index.ts';
import { Member, memberOf } from './member.ts';
import type { Session } from './session.ts';

/** Asks the gatekeeper; the member exists only once it has said yes, and only while the peer is still there. */
export async function admit(session: Session, user: string, credentials: Credentials): Promise<Member | Refusal> {
  const { peer, signal } = session;
  const answer = await session.settings.gatekeeper.admit(user, credentials, peer, signal);
  if (isRefusal(answer)) {
    // The gatekeeper has told it.
    session.isRefusalTold = credentials.kind === 'password';
    return answer;
  }
  const member = new Member(session, answer);
  if (signal.aborted) {
    await member[Symbol.asyncDispose]();
    return { refused: 'unavailable', message: 'The login was broken off' };
  }
  session.signIn(member);
  terminateWhenRevoked(session, member);
  return member;
}

/** For as long as the member is signed in. */
function terminateWhenRevoked(session: Session, { workspace: { revoked } }: Member): void {
  const terminate = () => {
    if (memberOf(session)?.workspace.revoked !== revoked) return;
    const reason = revoked?.reason instanceof Error ? revoked.reason.message : 'revoked';
    const text = 'This session was ended: the account has changed, or is no longer valid';
    background(session.terminate({ text, reason }), (error) => session.publish({ event: 'failure', error }));
  };
  if (revoked?.aborted) terminate();
  else revoked?.addEventListener('abort', terminate, { once: true });
}
