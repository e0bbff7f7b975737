import type { Attributes, ByteRange, CallOptions, DigestAlgorithm, Space, VirtualPath } from '../../core/index.ts';
import { type Reply, timeAndPath } from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { Pool } from '../connection/pool.ts';
import type { RemoteFile } from '../connection/remote-file.ts';
import type {
  IsTimeWanted,
  ReceivePlan,
  RemoteSession,
  RenameWithTime,
  SendOutcome,
  SendPlan,
  SessionFacts,
} from '../connection/session.ts';
import { type SignedIn, signIn } from '../connection/sign-in.ts';
import type { ClientError } from '../errors.ts';
import type { RemoteEntry } from '../listing/entry.ts';
import type { IncomingListing } from '../listing/incoming-listing.ts';
import type { ListingEnd } from '../listing/listing-end.ts';
import type { ClientSettings } from '../settings.ts';
import { askDigest, askModified, askSize, availableDigests } from './attributes.ts';
import { changePassword } from './change-password.ts';
import { fetchListing, tellsFacts } from './fetch-listing.ts';
import { canRestart, lookUp, lookUpForDownload } from './look-up.ts';
import { receive } from './receive.ts';
import { renameOn } from './rename.ts';
import { send } from './send.ts';
import { canSetModeAsFact, setMode } from './set-mode.ts';
import { setModifiedBy, setModifiedCommand } from './set-modified.ts';
import { askFacts, canEnter, probe } from './stat.ts';

type Signal = AbortSignal | undefined;

/** Connections that speak FTP. */
export type FtpPool = Pool<FtpSession>;

export function ftpPool(settings: ClientSettings): FtpPool {
  return new Pool(settings, async (number, signal) => new FtpSession(await signIn(number, settings, signal)));
}

/** A session of FTP: each call is one command or a few, on one control connection. */
class FtpSession implements RemoteSession, SignedIn {
  readonly connection: ControlConnection;
  readonly greeting: string;
  readonly features: ReadonlyMap<string, string>;
  readonly directory: string;

  constructor({ connection, greeting, features, directory }: SignedIn) {
    this.connection = connection;
    this.greeting = greeting;
    this.features = features;
    this.directory = directory;
  }

  get number(): number {
    return this.connection.number;
  }

  get facts(): SessionFacts {
    const { greeting, features, directory } = this;
    const abilities = {
      restart: canRestart(features),
      randomReads: features.has('REST'),
      digests: availableDigests(features),
      settable: settableBy(features),
      space: features.has('AVBL'),
      partial: features.has('CSID'),
      links: false,
      // Good servers publish an upload when it is whole.
      statsLinks: false,
      isSeenEarly: false,
    };
    return { greeting, features, directory, tls: this.connection.tlsFacts, abilities };
  }

  get isUsable(): boolean {
    return this.connection.isUsable;
  }

  get quickestLook(): RemoteSession['quickestLook'] {
    if (tellsFacts(this)) return 'stat';
    return this.features.has('SIZE') ? 'probe' : undefined;
  }

  /** That the server let it go shows before anything is sent on it. */
  async isAlive(): Promise<boolean> {
    try {
      await this.connection.failOnUnsolicitedReply();
    } catch {
      // Then it is not.
    }
    return this.connection.isUsable;
  }

  async settle(): Promise<void> {
    try {
      await this.connection.readSkippedReplies();
    } catch {
      // It is replaced when it is needed.
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  destroy(): void {
    this.connection.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.connection[Symbol.asyncDispose]();
  }

  stat(path: VirtualPath, signal: Signal): Promise<RemoteEntry | undefined> {
    return askFacts(this, path, signal);
  }

  probe(path: VirtualPath, signal: Signal): Promise<RemoteEntry | undefined> {
    return probe(this.connection, path, signal);
  }

  isDirectory(path: VirtualPath, signal: Signal): Promise<boolean> {
    return canEnter(this.connection, path, signal);
  }

  list(path: VirtualPath, listing: IncomingListing, signal: AbortSignal): Promise<ListingEnd> {
    return fetchListing(this, path, listing, signal);
  }

  lookUp(path: VirtualPath, isTimeWanted: IsTimeWanted, signal: Signal): Promise<RemoteFile> {
    return lookUp(this, path, isTimeWanted, signal);
  }

  lookUpForDownload(path: VirtualPath, isTimeWanted: IsTimeWanted, signal: Signal): Promise<RemoteFile> {
    return lookUpForDownload(this, path, isTimeWanted, signal);
  }

  size(path: VirtualPath, signal: Signal): Promise<number> {
    return askSize(this.connection, path, signal);
  }

  modified(path: VirtualPath, signal: Signal): Promise<Date> {
    return askModified(this.connection, path, signal);
  }

  digest(path: VirtualPath, algorithm: DigestAlgorithm, options: CallOptions & ByteRange): Promise<Uint8Array> {
    return askDigest(this, path, algorithm, options);
  }

  async remove(path: VirtualPath, signal: Signal): Promise<void> {
    await this.connection.request('DELE', path, { signal });
  }

  async removeDirectory(path: VirtualPath, signal: Signal): Promise<void> {
    await this.connection.request('RMD', path, { signal });
  }

  async makeDirectory(path: VirtualPath, signal: Signal): Promise<void> {
    await this.connection.request('MKD', path, { signal });
  }

  rename(from: VirtualPath, to: VirtualPath, { signal, modified }: RenameWithTime): Promise<boolean> {
    const before = modified && setModifiedCommand(this, from, modified);
    return renameOn(this.connection, from, to, { signal, before });
  }

  setMode(path: VirtualPath, mode: number, signal: Signal): Promise<void> {
    return setMode(this, path, mode, signal);
  }

  setModified(path: VirtualPath, time: Date, signal: Signal): Promise<ClientError | undefined> {
    return setModifiedBy(this, path, time, signal);
  }

  /** MFCT (draft-somers-ftp-mfxx-04 section 4). */
  async setCreated(path: VirtualPath, time: Date, signal: Signal): Promise<void> {
    await this.connection.request('MFCT', timeAndPath.format({ time, path }), { signal });
  }

  receive(plan: ReceivePlan): Promise<void> {
    return receive(this, plan);
  }

  send(plan: SendPlan): Promise<SendOutcome> {
    return send(this, plan);
  }

  command(verb: string, argument: string, options: CallOptions): Promise<Reply> {
    return this.connection.request(verb, argument, { ...options, accept: (code) => code < 400 });
  }

  changePassword(password: string, options: CallOptions): Promise<void> {
    return changePassword(this.connection, password, options);
  }

  /** AVBL tells what is free and not what there is in all, so that both are the same here. */
  async space(path: VirtualPath, signal: Signal): Promise<Space | undefined> {
    const reply = await this.connection.request('AVBL', path, { signal });
    const free = Number.parseInt(reply.lines.at(-1) ?? '', 10);
    return reply.code === 213 && Number.isSafeInteger(free) && free >= 0 ? { free, total: free } : undefined;
  }

  /** Known of our own server alone, which says its name (draft-peterson-streamlined-ftp-command-extensions-10 section 3). */
  async publishesWhole(signal: Signal): Promise<boolean> {
    if (!this.features.has('CSID')) return false;
    const accept = (code: number): boolean => code >= 500;
    const { code, lines } = await this.connection.request('CSID', 'Name=Lockport;', { signal, accept });
    return code === 200 && lines.some((line) => line.includes('Name=Lockport;'));
  }
}

/** What the server announces that it can set. */
function settableBy(features: ReadonlyMap<string, string>): readonly (keyof Attributes)[] {
  const isSettable = {
    modified: features.has('MFMT') || features.has('MDTM'),
    created: features.has('MFCT'),
    mode: canSetModeAsFact(features),
  };
  return (['modified', 'created', 'mode'] as const).filter((attribute) => isSettable[attribute]);
}
