import { background, type Credentials, isRefusal, type Refusal } from '../core/index.ts';
import type { Session } from './session.ts';
import { UserSession, userSessionOf } from './user-session.ts';

/** Asks the gatekeeper. A `UserSession` is made only once it has said yes, and only while the peer is still there. */
export async function admit(session: Session, name: string, credentials: Credentials): Promise<UserSession | Refusal> {
  const { peer, signal } = session;
  const answer = await session.settings.gatekeeper.admit(name, credentials, peer, signal);
  // Logins are counted, and told, in one process.
  session.settings.records?.expect(session.id);
  if (isRefusal(answer)) {
    // The gatekeeper has published it.
    session.isRefusalTold = credentials.kind === 'password';
    return answer;
  }
  const user = new UserSession(session, answer);
  if (signal.aborted) {
    await user[Symbol.asyncDispose]();
    return { refused: 'unavailable', message: 'The login was broken off' };
  }
  session.signIn(user);
  terminateWhenRevoked(session, user);
  return user;
}

/** Ends the session once the login is revoked, for as long as this user is signed in. */
function terminateWhenRevoked(session: Session, { workspace: { revoked } }: UserSession): void {
  const terminate = () => {
    if (userSessionOf(session)?.workspace.revoked !== revoked) return;
    const reason = revoked?.reason instanceof Error ? revoked.reason.message : 'revoked';
    const text = 'This session was ended: the account has changed, or is no longer valid';
    background(session.terminate({ text, reason }), (error) => session.publish({ event: 'failure', error }));
  };
  if (revoked?.aborted) terminate();
  else revoked?.addEventListener('abort', terminate, { once: true });
}
