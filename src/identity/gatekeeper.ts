import {
  type Ability,
  type Account,
  type EndOfStream,
  type Files,
  type Gatekeeper,
  isRefusal,
  type Peer,
  type SessionReuse,
} from '../core/index.ts';
import type { SessionControl } from './account-sessions.ts';
import { type AdmissionControl, type AdmissionControlOptions, createAdmissionControl } from './admission-control.ts';

/** How the workspace of an admitted session is made. */
export interface WorkspaceOptions {
  /** The account's files for a session: confined to its home, holding its rights and its quota (`accountFiles`). */
  readonly openFiles: (account: Account, peer: Peer) => Promise<Files>;
  /** Whether the storages can do something; without it, that is not known before somebody signs in. */
  readonly can?: (ability: Ability) => boolean;
  /** For accounts that do not say otherwise. Default: `require`. */
  readonly sessionReuse?: SessionReuse;
  /** For accounts that do not say otherwise. Default: `strict`. */
  readonly endOfStream?: EndOfStream;
}

export interface GatekeeperOptions extends AdmissionControlOptions, WorkspaceOptions {}

/**
 * The stock gatekeeper: the stock admission control, and a workspace for each admitted session. Sessions end when their
 * account expires, and when `endSessions` is called.
 */
export function createGatekeeper(options: GatekeeperOptions): Gatekeeper & SessionControl {
  const control = createAdmissionControl(options);
  const { endSessions, setExpiry } = control;
  return { ...gatekeeperOver(control, options), endSessions, setExpiry };
}

/** A gatekeeper that makes a workspace for each session that `control` admits. */
export function gatekeeperOver(control: AdmissionControl, options: WorkspaceOptions): Gatekeeper {
  return {
    can: (ability) => options.can?.(ability),
    welcome: (peer) => control.welcome(peer),
    wouldAdmit: (user, key, peer, signal) => control.wouldAdmit(user, key, peer, signal),
    changePassword: (user, passwords, peer, signal) => control.changePassword(user, passwords, peer, signal),

    async admit(user, credentials, peer, signal) {
      const admission = await control.admit(user, credentials, peer, signal);
      if (isRefusal(admission)) return admission;
      const { account, rateLimiters, revoked, release } = admission;
      try {
        const files = await options.openFiles(account, peer);
        signal?.throwIfAborted();
        const policy = {
          sessionReuse: account.ftp.sessionReuse ?? peer.sessionReuse ?? options.sessionReuse ?? 'require',
          endOfStream: account.ftp.endOfStream ?? options.endOfStream ?? 'strict',
          ...(account.idleTimeout !== undefined && { idleMs: account.idleTimeout * 1000 }),
          ...rateLimiters,
        };
        return { account, files, policy, revoked, [Symbol.asyncDispose]: async () => release() };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}
