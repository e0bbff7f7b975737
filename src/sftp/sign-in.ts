import { isRefusal, type NewEvent, type Peer, type PublicKey, type Refusal, type Workspace } from '../core/index.ts';
import type { SftpSettings } from './options.ts';
import type { RefusedKeys } from './refused-keys.ts';
import type { SshAttempt, SshVerdict } from './ssh/transport.ts';

/** A session, as far as signing in needs to know one. */
export interface SigningIn {
  readonly id: string;
  readonly settings: SftpSettings;
  readonly peer: Peer;
  readonly signal: AbortSignal;
  /** The name that was given last. */
  user: string | undefined;
  failedLogins: number;
  /** By which the peer has signed, where the password of the same user must follow. */
  provenKey: { readonly user: string; readonly key: PublicKey } | undefined;
  /** Keys that were shown, and open no account. */
  readonly refusedKeys: RefusedKeys;
  signedIn(workspace: Workspace): void;
  publish(event: Pick<Extract<NewEvent, { readonly event: 'failure' }>, 'event' | 'verb' | 'error'>): void;
}

/** Asks the gatekeeper, which tells of each admission and each refusal. */
export async function signIn(session: SigningIn, user: string, attempt: SshAttempt): Promise<SshVerdict> {
  session.user = user;
  // The name of an account is no secret of ours to look up while nobody could be recorded as having come in.
  if (session.settings.records?.trouble !== undefined) return 'end';
  try {
    if (attempt.kind === 'key-offer') return (await wouldAdmit(session, user, attempt.key)) ? 'accepted' : 'refused';
    return await verdictOn(session, user, attempt, await admit(session, user, attempt));
  } catch (error) {
    if (!session.signal.aborted) session.publish({ event: 'failure', verb: 'login', error });
    return 'end';
  }
}

async function wouldAdmit(session: SigningIn, user: string, key: PublicKey): Promise<boolean> {
  const { settings, peer, signal, refusedKeys } = session;
  const answer = (await settings.gatekeeper.wouldAdmit?.(user, key, peer, signal)) ?? false;
  if (answer === false) refusedKeys.add(key);
  return answer === true;
}

function admit(
  { settings: { gatekeeper }, peer, signal, provenKey }: SigningIn,
  user: string,
  attempt: Exclude<SshAttempt, { readonly kind: 'key-offer' }>,
): Promise<Workspace | Refusal> {
  if (attempt.kind === 'password') {
    const key = provenKey?.user === user ? provenKey.key : undefined;
    return gatekeeper.admit(user, { ...attempt, ...(key && { key }) }, peer, signal);
  }
  return gatekeeper.admit(user, { kind: 'public-key', key: attempt.key, signature: 'verified' }, peer, signal);
}

async function verdictOn(
  session: SigningIn,
  user: string,
  attempt: SshAttempt,
  answer: Workspace | Refusal,
): Promise<SshVerdict> {
  const { settings, id, signal } = session;
  // Logins are counted, and told, in one process.
  settings.records?.expect(id);
  if (isRefusal(answer)) {
    if (attempt.kind === 'key' && answer.refused === 'credentials') {
      // Clients show one after the other: the number of requests is their bound.
      session.refusedKeys.add(attempt.key);
      return 'refused';
    }
    if (attempt.kind === 'key' && answer.refused === 'password-missing') {
      session.provenKey = { user, key: attempt.key };
      session.refusedKeys.addHalf(attempt.key);
      return 'password-missing';
    }
    session.failedLogins += 1;
    return answer.close || session.failedLogins >= settings.limits.maxFailedLogins ? 'end' : 'refused';
  }
  if (signal.aborted || !((await settings.records?.recorded(id)) ?? true)) {
    await answer[Symbol.asyncDispose]();
    return 'end';
  }
  session.signedIn(answer);
  return 'accepted';
}
