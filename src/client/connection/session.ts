import type {
  Attributes,
  ByteRange,
  CallOptions,
  DigestAlgorithm,
  RateLimiter,
  Space,
  TlsFacts,
  VirtualPath,
} from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { ClientError } from '../errors.ts';
import type { RemoteEntry } from '../listing/entry.ts';
import type { IncomingListing } from '../listing/incoming-listing.ts';
import type { ListingEnd } from '../listing/listing-end.ts';
import type { DownloadSink } from '../transfer/sink.ts';
import type { RemoteFile } from './remote-file.ts';
import type { SshServerFacts } from './ssh-server-facts.ts';

type Signal = AbortSignal | undefined;

/**
 * A signed-in connection, as far as everything above it needs to know one: retries, resuming, listings, sync, storages and
 * verbs work with this, whatever protocol is spoken. It carries out one call at a time. Every failure is a ClientError; what
 * the server refuses is told from what broke by `isRefusal`.
 */
export interface RemoteSession extends AsyncDisposable {
  readonly number: number;
  readonly facts: SessionFacts;
  readonly isUsable: boolean;
  /** Whether it still is, before it is lent again: a server may have let it go. */
  isAlive(): Promise<boolean>;
  /** Brings what the last call left behind to its end. */
  settle(): Promise<void>;
  /** Says goodbye, and does not insist on an answer. */
  close(): Promise<void>;
  destroy(): void;

  /** One entry; undefined where the server tells that by listings alone. @throws `not-found` */
  stat(path: VirtualPath, signal: Signal): Promise<RemoteEntry | undefined>;
  /** What a path leads to, links followed, by what can be done with it; undefined for nothing. */
  probe(path: VirtualPath, signal: Signal): Promise<RemoteEntry | undefined>;
  /** The cheaper one of the two that tells; undefined where neither does. */
  readonly quickestLook: 'stat' | 'probe' | undefined;
  isDirectory(path: VirtualPath, signal: Signal): Promise<boolean>;
  list(path: VirtualPath, listing: IncomingListing, signal: AbortSignal): Promise<ListingEnd>;
  /** What tells versions of a file apart; nothing of it need be known. */
  lookUp(path: VirtualPath, isTimeWanted: IsTimeWanted, signal: Signal): Promise<RemoteFile>;
  /** The same for a file that is received next. */
  lookUpForDownload(path: VirtualPath, isTimeWanted: IsTimeWanted, signal: Signal): Promise<RemoteFile>;
  size(path: VirtualPath, signal: Signal): Promise<number>;
  modified(path: VirtualPath, signal: Signal): Promise<Date>;
  digest(path: VirtualPath, algorithm: DigestAlgorithm, options: CallOptions & ByteRange): Promise<Uint8Array>;

  remove(path: VirtualPath, signal: Signal): Promise<void>;
  removeDirectory(path: VirtualPath, signal: Signal): Promise<void>;
  makeDirectory(path: VirtualPath, signal: Signal): Promise<void>;
  /** Gives whether it has set the time as well. A failure of the phase `finish` may have moved it. */
  rename(from: VirtualPath, to: VirtualPath, options: RenameWithTime): Promise<boolean>;
  setMode(path: VirtualPath, mode: number, signal: Signal): Promise<void>;
  /** Gives why it can't be set, where nobody can tell by that whether there is such a file. */
  setModified(path: VirtualPath, time: Date, signal: Signal): Promise<ClientError | undefined>;

  receive(plan: ReceivePlan): Promise<void>;
  send(plan: SendPlan): Promise<SendOutcome>;

  /** A command of the caller's own, where the protocol has such. */
  command?(verb: string, argument: string, options: CallOptions): Promise<Reply>;
  changePassword?(password: string, options: CallOptions): Promise<void>;
  setCreated?(path: VirtualPath, time: Date, signal: Signal): Promise<void>;
  makeLink?(path: VirtualPath, target: string, signal: Signal): Promise<void>;
  /** Where an upload to a path goes, and what it replaces there. Missing where the protocol can't tell. */
  uploadPlace?(path: VirtualPath, signal: Signal): Promise<UploadPlace>;
  /** Undefined where the server does not say. */
  space?(path: VirtualPath, signal: Signal): Promise<Space | undefined>;
  /** Whether the server shows an upload when it is whole and not before, and keeps an interrupted one for resuming. */
  publishesWhole(signal: Signal): Promise<boolean>;
}

export interface UploadPlace {
  /** What the links at the end of the path lead to. */
  readonly path: VirtualPath;
  /** Undefined where nothing stands there. */
  readonly entry?: RemoteEntry | undefined;
}

export interface RenameWithTime extends CallOptions {
  /** Nothing may be replaced. Kept to by the server where the protocol has such a rename. */
  readonly exclusive?: boolean | undefined;
  /** The time that a file is to get, where that costs no round trip. */
  readonly modified?: Date | undefined;
}

/** What the server told of itself at the login. */
export interface SessionFacts {
  readonly greeting: string;
  /** FEAT: names in upper case, with their parameters. Of SFTP: the extensions, with their versions. */
  readonly features: ReadonlyMap<string, string>;
  /** Where the login led to, as the server writes it. */
  readonly directory: string;
  readonly tls: TlsFacts | undefined;
  readonly ssh?: SshServerFacts | undefined;
  readonly abilities: Abilities;
}

/** What a server can do beyond what every one must. */
export interface Abilities {
  /** Transfers may begin at a byte. */
  readonly restart: boolean;
  /** The server says that they may, so that a file may be read here and there. */
  readonly randomReads: boolean;
  /** Algorithms of checksums that it computes, the strongest first. */
  readonly digests: readonly DigestAlgorithm[];
  readonly settable: readonly (keyof Attributes)[];
  readonly space: boolean;
  /** It may be one that keeps interrupted uploads: see `publishesWhole`. */
  readonly partial: boolean;
  readonly links: boolean;
  /** `stat` tells of a link itself, so that no listing is needed for that. */
  readonly statsLinks: boolean;
  /** An upload is seen under its name before it is whole, so that it goes to another name first. */
  readonly isSeenEarly: boolean;
}

/** Whether the time of a file of this size is worth a question; undefined while the size is not known. */
export type IsTimeWanted = (size: number | undefined) => boolean;

export interface ReceivePlan {
  readonly path: VirtualPath;
  readonly type: 'binary' | 'text';
  /** Byte to begin at. */
  readonly offset: number;
  /** Byte to stop before. Default: the end of the file. */
  readonly end: number | undefined;
  readonly signal: Signal;
  readonly rateLimiter: RateLimiter | undefined;
  /** What is to be known before bytes move: asked together with the transfer. What `take` throws ends it. */
  readonly question?: { readonly isTimeWanted: boolean; readonly take: (file: RemoteFile) => void } | undefined;
  /** Whether the file is known to be small, so that something may be prepared for the next one. */
  readonly isShort: () => boolean;
  /** Bytes are about to come. Gives what they go to; `announced` is how many the server says that the file has. */
  readonly begin: (announced: number | undefined) => DownloadSink;
  /** How many bytes came, also where it failed. */
  readonly onMoved: (bytes: number) => void;
}

export interface SendPlan {
  readonly path: VirtualPath;
  readonly type: 'binary' | 'text';
  /** Byte of the remote file that comes first, or behind all that is there. 0 replaces it. */
  readonly at: number | 'end';
  /** Permission bits that the file is to have, as far as the protocol can set them with its bytes. */
  readonly permissions?: number | undefined;
  readonly signal: Signal;
  readonly rateLimiter?: RateLimiter | undefined;
  /** Called once, when bytes are to move. */
  readonly source: () => AsyncIterable<Uint8Array>;
  /** Asked when the source has ended: whether that was not all, so that the server must not take it for whole. */
  readonly isPart?: () => boolean;
  /** The server has said that it takes bytes. Some never say it. */
  readonly onOpening?: () => void;
  /** What the server is asked for behind it. */
  readonly question: 'nothing' | 'size' | 'entry';
}

/** The server has confirmed that it has what was sent. */
export interface SendOutcome {
  /** What it tells of the file then, where it does. */
  readonly told: { readonly entry?: RemoteEntry | undefined; readonly size?: number | undefined };
  /** Why it tells nothing; the transfer is done all the same. */
  readonly failure: ClientError | undefined;
}
