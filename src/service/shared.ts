import { type EventSink, type Gatekeeper, isRefusal, type Storage } from '../core/index.ts';
import { type BackgroundWriter, type Database, patiently } from '../database/index.ts';
import {
  createDoorkeeper,
  createPasswordChecker,
  type Doorkeeper,
  type FindAccount,
  gatekeeperBehind,
  passwordAuthenticator,
  type SessionControl,
} from '../identity/index.ts';
import { CountedPlaces, OpenSessions, type Places, type SessionRegister } from '../server/index.ts';
import { accountView, type Holder, type QuotaBook, QuotaBooks } from '../storage/index.ts';
import { createPace } from '../transport/index.ts';
import type { Configuration } from './configuration/index.ts';
import { recordLogins } from './last-login.ts';
import { recountRequest } from './recount.ts';

/** What all sessions of a service share, in whichever process they run: whatever must be counted once. */
export interface Shared {
  readonly door: Doorkeeper;
  /** For the hashes that are computed for each account. */
  readonly digests: Places;
  readonly sessions: SessionRegister;
  /** The books of all quotas. */
  readonly books: { of(holder: Holder): QuotaBook };
}

/** What is shared, kept in this process. */
export interface SharedHere extends Shared {
  readonly sessions: OpenSessions;
  readonly books: QuotaBooks;
  readonly control: SessionControl;
}

/** Where a service keeps what outlives it. */
interface Kept {
  readonly database: Database;
  /** For what is noted while the service runs. */
  readonly writer: BackgroundWriter;
}

/** @param rules the rules of TLS that hold now, for accounts that have none of their own */
export function createShared(
  { limits }: Configuration,
  { database, writer }: Kept,
  storage: Storage,
  rules: () => Pick<Configuration['tls'], 'endOfStream'>,
  log: EventSink,
): SharedHere {
  const find: FindAccount = async (name) => {
    const record = await patiently(() => database.accounts.find(name));
    if (!record) return undefined;
    const { endOfStream } = rules();
    // The server's rule, but where the account has its own: asked at each login, so that a reload counts.
    return { account: { endOfStream, ...record.account }, passwordHash: record.passwordHash };
  };
  const door = createDoorkeeper({
    authenticator: passwordAuthenticator(find, createPasswordChecker(limits)),
    makePace: createPace,
    limits,
    onEvent: log,
    banStore: { load: () => database.bans.load(), save: (ban) => writer.saveBan(ban) },
  });
  return {
    door: noting(untilNoticed(door, database), recordLogins(writer)),
    control: door,
    digests: new CountedPlaces(),
    sessions: new OpenSessions(),
    books: new QuotaBooks(storage, { request: (home) => recountRequest(database.meta, home) }),
  };
}

/** The gatekeeper of one process: whom the door lets in gets a view of that process's storage. */
export function gatekeeperOf(shared: Shared, storage: Storage): Gatekeeper {
  return gatekeeperBehind(shared.door, {
    can: (method) => storage[method] !== undefined,
    openStorage: async (account) => accountView(storage, account, shared.books),
  });
}

/** What changes the open sessions of an account keeps those out that were about to begin with what held before. */
function untilNoticed(door: Doorkeeper & SessionControl, { notices, accounts }: Database): Doorkeeper {
  return {
    welcome: (peer) => door.welcome(peer),
    async admit(user, credentials, peer, signal) {
      const before = await patiently(() => notices.latest());
      const admission = await door.admit(user, credentials, peer, signal);
      if (isRefusal(admission)) return admission;
      const { name } = admission.account;
      try {
        if (!(await patiently(() => notices.hasSince(name, before)))) return admission;
        // Who comes in brings the expiry that was read before, for all sessions of the account.
        door.setExpiry(name, (await patiently(() => accounts.find(name)))?.account.expires);
      } catch (error) {
        admission.release();
        throw error;
      }
      admission.release();
      return { refused: 'unavailable', message: 'The account was changed at this moment: sign in again' };
    },
  };
}

function noting(door: Doorkeeper, note: (account: string) => void): Doorkeeper {
  return {
    welcome: (peer) => door.welcome(peer),
    async admit(user, credentials, peer, signal) {
      const admission = await door.admit(user, credentials, peer, signal);
      if (!isRefusal(admission)) note(admission.account.name);
      return admission;
    },
  };
}
