import {
  type Credentials,
  isRefusal,
  type NewEvent,
  type Peer,
  type PublicKey,
  type Refusal,
  type Workspace,
} from '../core/index.ts';
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
  /** What the peer has proved where more must follow, of the same user. */
  proven: HalfLogin | undefined;
  /** Keys that were shown, and open no account. */
  readonly refusedKeys: RefusedKeys;
  signedIn(workspace: Workspace): void;
  publish(event: Pick<Extract<NewEvent, { readonly event: 'failure' }>, 'event' | 'verb' | 'error'>): void;
}

interface HalfLogin {
  readonly user: string;
  readonly credentials: Credentials;
  readonly missing: keyof typeof HALF_REASONS;
}

/** For the log, where it never followed. */
export const HALF_REASONS = {
  'password-missing': 'no password followed the key',
  'code-missing': 'no code of its authenticator followed',
} as const;

/** Asks the gatekeeper, which tells of each admission and each refusal. */
export async function signIn(session: SigningIn, user: string, attempt: SshAttempt): Promise<SshVerdict> {
  session.user = user;
  // The name of an account is no secret of ours to look up while nobody could be recorded as having come in.
  if (session.settings.records?.trouble !== undefined) return 'end';
  try {
    if (attempt.kind === 'key-offer') return (await wouldAdmit(session, user, attempt.key)) ? 'accepted' : 'refused';
    const { settings, peer, signal, proven } = session;
    const credentials = credentialsOf(proven?.user === user ? proven.credentials : undefined, attempt);
    if (!credentials) return 'refused';
    const answer = await settings.gatekeeper.admit(user, credentials, peer, signal);
    return await verdictOn(session, user, credentials, answer);
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

/** What the peer has shown, together with what it has proved before. */
function credentialsOf(
  proven: Credentials | undefined,
  attempt: Exclude<SshAttempt, { readonly kind: 'key-offer' }>,
): Credentials | undefined {
  if (attempt.kind === 'key') return { kind: 'public-key', key: attempt.key, signature: 'verified' };
  if (attempt.kind === 'code') return proven && { ...proven, code: attempt.code };
  return { ...attempt, ...(proven?.kind === 'public-key' && { key: proven.key }) };
}

async function verdictOn(
  session: SigningIn,
  user: string,
  credentials: Credentials,
  answer: Workspace | Refusal,
): Promise<SshVerdict> {
  const { settings, id, signal } = session;
  // Logins are counted, and told, in one process.
  settings.records?.expect(id);
  if (isRefusal(answer)) {
    const { refused } = answer;
    if (refused === 'password-missing' || refused === 'code-missing') {
      session.proven = { user, credentials, missing: refused };
      return refused;
    }
    if (refused === 'credentials' && credentials.kind === 'public-key' && credentials.code === undefined) {
      // Clients show one after the other: the number of requests is their bound.
      session.refusedKeys.add(credentials.key);
      return 'refused';
    }
    // Behind a key another password may be tried; behind a wrong code all begins anew.
    if (credentials.code !== undefined) session.proven = undefined;
    session.failedLogins += 1;
    return answer.close || session.failedLogins >= settings.limits.maxFailedLogins ? 'end' : 'refused';
  }
  if (signal.aborted || !((await settings.records?.recorded(id)) ?? true)) {
    await answer[Symbol.asyncDispose]();
    return 'end';
  }
  session.proven = undefined;
  session.signedIn(answer);
  return 'accepted';
}
