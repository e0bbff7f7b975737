import { randomBytes } from 'node:crypto';
import { isRefusal, type LoginRefusal, type Peer, type Refusal, type SessionOrigin } from '../core/index.ts';
import type { SignInBody } from './contract.ts';
import type { WebRequest } from './http-request.ts';
import type { Listings } from './listings.ts';
import type { WebSettings } from './options.ts';
import { WebFailure } from './problem.ts';
import { WebSession } from './web-session.ts';

/** As the log shows it. */
const MAX_CLIENT_LENGTH = 256;

/** Who asks, as one that has not signed in: each attempt is a session of its own, and its end is told where it fails. */
export function strangerOf({ address, port, tls }: Pick<WebRequest, 'address' | 'port' | 'tls'>): Peer {
  return { session: `w${randomBytes(6).toString('hex')}`, protocol: 'web', address, port, ...(tls && { tls }) };
}

/** Asks the gatekeeper, which tells of each admission and each refusal. @throws WebFailure where it refuses */
export async function signIn(
  request: Pick<WebRequest, 'address' | 'port' | 'tls' | 'headers' | 'gone'>,
  { user, password, code }: SignInBody,
  settings: WebSettings,
  listings: Listings,
): Promise<WebSession> {
  const peer = strangerOf(request);
  return asStranger(peer, settings, async () => {
    const credentials = { kind: 'password', password, ...(code !== undefined && { code }) } as const;
    const answer = await settings.gatekeeper.admit(user, credentials, peer, request.gone);
    settings.records?.expect(peer.session);
    const isRecorded = (await settings.records?.recorded(peer.session)) ?? true;
    if (isRefusal(answer)) throw failureFor(answer);
    if (request.gone.aborted || !isRecorded) {
      await answer[Symbol.asyncDispose]();
      throw new WebFailure(503, 'not-recorded', 'Not now: logins can not be recorded at the moment');
    }
    const client = request.headers['user-agent']?.slice(0, MAX_CLIENT_LENGTH);
    return new WebSession(peer, answer, client, settings, listings);
  });
}

/** What somebody does who is not signed in. */
export async function asStranger<Result>(
  peer: Peer,
  { publish, records }: Pick<WebSettings, 'publish' | 'records'>,
  work: () => Promise<Result>,
): Promise<Result> {
  if (records?.trouble !== undefined) {
    throw new WebFailure(503, 'not-recorded', 'Not now: logins can not be recorded at the moment');
  }
  const { session, address, port } = peer;
  const origin: SessionOrigin = { session, protocol: 'web', address };
  const began = performance.now();
  publish({ event: 'session.opened', mode: 'web', port, ...origin });
  try {
    return await work();
  } catch (error) {
    const isForeseen = error instanceof WebFailure || (error instanceof Error && error.name === 'AbortError');
    if (!isForeseen) publish({ event: 'failure', verb: 'login', error, ...origin });
    const durationMs = Math.round(performance.now() - began);
    publish({ event: 'session.closed', reason: 'not signed in', durationMs, ...origin });
    throw error;
  } finally {
    records?.commandEnded(session);
  }
}

/** What a browser is told of a refusal. */
export function failureFor({ refused, message }: Refusal): WebFailure {
  return new WebFailure(STATUS_OF[refused], refused, message);
}

const STATUS_OF: { readonly [refused in LoginRefusal]: number } = {
  credentials: 401,
  'code-missing': 401,
  'password-missing': 401,
  'password-due': 403,
  'new-password': 422,
  banned: 403,
  expired: 403,
  address: 403,
  'too-many-sessions': 403,
  throttled: 429,
  unavailable: 503,
};
