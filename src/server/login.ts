import { background, type Credentials, isRefusal, type Refusal } from '../core/index.ts';
import { Member, memberOf } from './member.ts';
import type { Session } from './session.ts';

/** Asks the gatekeeper; the member exists only once it has said yes, and only while the peer is still there. */
export async function admit(session: Session, user: string, credentials: Credentials): Promise<Member | Refusal> {
  const { peer, signal } = session;
  const answer = await admitHere(session, user, credentials);
  if (isRefusal(answer)) {
    // A certificate that does not open the account is no failed login: a password may follow.
    if (credentials.kind === 'password') {
      session.isRefusalTold = true;
      session.publish({ event: 'login.failed', user, address: peer.address, reason: answer.detail ?? answer.refused });
    }
    return answer;
  }
  const member = new Member(session, answer);
  if (signal.aborted) {
    await member[Symbol.asyncDispose]();
    return { refused: 'unavailable', message: 'The login was broken off' };
  }
  session.login = member;
  const { account } = member.workspace;
  session.settings.sessions.signIn(session.id, { account: account.name, host: peer.host ?? peer.tls?.serverName });
  expelWhenRevoked(session, member);
  session.publish({ event: 'login.succeeded', user, method: credentials.kind });
  return member;
}

/** What the gatekeeper says, for those whom the listener is for. Only a right password is told that it is not. */
async function admitHere({ settings, peer, signal }: Session, user: string, credentials: Credentials) {
  const answer = await settings.gatekeeper.admit(user, credentials, peer, signal);
  if (isRefusal(answer) || (settings.accounts?.has(answer.account.name) ?? true)) return answer;
  await answer[Symbol.asyncDispose]();
  const refusal: Refusal = {
    refused: 'address',
    message: 'This account may not sign in at this port',
    detail: 'the listener is for other accounts',
  };
  return refusal;
}

/** For as long as the member is signed in. */
function expelWhenRevoked(session: Session, { workspace: { revoked } }: Member): void {
  const expel = () => {
    if (memberOf(session)?.workspace.revoked !== revoked) return;
    const reason = revoked?.reason instanceof Error ? revoked.reason.message : 'revoked';
    const text = 'This session was ended: the account has changed, or is no longer valid';
    background(session.expel({ text, reason }), (error) => session.publish({ event: 'failure', error }));
  };
  if (revoked?.aborted) expel();
  else revoked?.addEventListener('abort', expel, { once: true });
}
