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
import { createDoorkeeper, type Doorkeeper, type DoorkeeperOptions } from './doorkeeper.ts';

/** What a session works with, once its account is known. */
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

export interface GatekeeperOptions extends DoorkeeperOptions, WorkspaceOptions {}

/**
 * The stock gatekeeper: the stock doorkeeper, and a workspace for whoever is let in. Sessions end when their account
 * expires, and when `endSessions` says so.
 */
export function createGatekeeper(options: GatekeeperOptions): Gatekeeper & SessionControl {
  const door = createDoorkeeper(options);
  const { endSessions, setExpiry } = door;
  return { ...gatekeeperBehind(door, options), endSessions, setExpiry };
}

/** A gatekeeper that makes workspaces for those whom `door` lets in. */
export function gatekeeperBehind(door: Doorkeeper, options: WorkspaceOptions): Gatekeeper {
  return {
    can: (ability) => options.can?.(ability),
    welcome: (peer) => door.welcome(peer),
    wouldAdmit: (user, key, peer, signal) => door.wouldAdmit(user, key, peer, signal),

    async admit(user, credentials, peer, signal) {
      const admission = await door.admit(user, credentials, peer, signal);
      if (isRefusal(admission)) return admission;
      const { account, rateLimiters, revoked, release } = admission;
      try {
        const files = await options.openFiles(account, peer);
        signal?.throwIfAborted();
        const policy = {
          sessionReuse: account.ftp.sessionReuse ?? peer.sessionReuse ?? options.sessionReuse ?? 'require',
          endOfStream: account.ftp.endOfStream ?? options.endOfStream ?? 'strict',
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
