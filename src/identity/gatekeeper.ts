import {
  type Account,
  type EndOfStream,
  type Gatekeeper,
  isRefusal,
  rightsOf,
  type SessionReuse,
  type Storage,
} from '../core/index.ts';
import { createDoorkeeper, type Doorkeeper, type DoorkeeperOptions } from './doorkeeper.ts';
import type { SessionControl } from './places.ts';

/** What a session works with, once its account is known. */
export interface WorkspaceOptions {
  /** The account's view: confined to its home, holding its rights and its quota. */
  readonly openStorage: (account: Account) => Promise<Storage>;
  /** Whether the storages have an optional method; without it, that is not known before somebody signs in. */
  readonly can?: (method: keyof Storage) => boolean;
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
    can: (method) => options.can?.(method),
    welcome: (peer) => door.welcome(peer),
    wouldAdmit: (user, key, peer, signal) => door.wouldAdmit(user, key, peer, signal),

    async admit(user, credentials, peer, signal) {
      const admission = await door.admit(user, credentials, peer, signal);
      if (isRefusal(admission)) return admission;
      const { account, paces, revoked, release } = admission;
      try {
        const storage = await options.openStorage(account);
        signal?.throwIfAborted();
        const policy = {
          sessionReuse: account.ftp.sessionReuse ?? peer.sessionReuse ?? options.sessionReuse ?? 'require',
          endOfStream: account.ftp.endOfStream ?? options.endOfStream ?? 'strict',
          ...paces,
          allows: rightsOf(account.rights),
        };
        return { account, storage, policy, revoked, [Symbol.asyncDispose]: async () => release() };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}
