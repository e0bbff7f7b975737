import { background, type Credentials, isRefusal, type Refusal } from '../core/index.ts';
import { multiline, reply } from '../protocol/index.ts';
import type { CommandResult } from './command.ts';
import { PASSWORD_DUE } from './password-due.ts';
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
    session.isRefusalTold = credentials.kind === 'password' || credentials.code !== undefined;
    if (answer.refused === 'code-missing') session.login = { kind: 'half', user: name, credentials };
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

/** The reply to a password, or to the code behind it. */
export function replyToLogin(session: Session, user: string, answer: UserSession | Refusal): CommandResult {
  if (!isRefusal(answer)) return reply(230, 'Signed in');
  // RFC 959 section 5.4: what else is needed follows by ACCT.
  if (answer.refused === 'code-missing') return reply(332, 'Send the code of your authenticator by ACCT');
  if (answer.refused === 'password-due' && session.isSecure) {
    session.demandPasswordChange(user);
    // 230, for a client that is told 530 goes away; all that it tries next is refused with the same advice.
    return multiline(230, answer.message, [], PASSWORD_DUE);
  }
  return refuseLogin(session, answer);
}

function refuseLogin(session: Session, { message, close = false }: Refusal): CommandResult {
  session.failedLogins += 1;
  const isLast = session.failedLogins >= session.settings.limits.maxFailedLogins;
  if (!close && !isLast) return reply(530, message);
  session.closeReason ??= 'login refused';
  return { reply: reply(421, message), deliver: (bytes) => session.channel.close(bytes) };
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
