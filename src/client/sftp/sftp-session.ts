import {
  type Attributes,
  type ByteRange,
  baseName,
  type CallOptions,
  type DigestAlgorithm,
  type Space,
  type VirtualPath,
} from '../../core/index.ts';
import type { RemoteFile } from '../connection/remote-file.ts';
import type {
  IsTimeWanted,
  ReceivePlan,
  RemoteSession,
  RenameWithTime,
  SendOutcome,
  SendPlan,
  SessionFacts,
  UploadPlace,
} from '../connection/session.ts';
import { ClientError } from '../errors.ts';
import type { RemoteEntry } from '../listing/entry.ts';
import type { IncomingListing } from '../listing/incoming-listing.ts';
import type { ListingEnd } from '../listing/listing-end.ts';
import { digest, digestsOf } from './digest.ts';
import { list, targetOf } from './list.ts';
import { receive } from './receive.ts';
import { factsOf } from './remote-attributes.ts';
import { send } from './send.ts';
import type { SftpConnection } from './sftp-connection.ts';
import { SftpRequests } from './sftp-requests.ts';
import type { TransferSizes } from './transfer-sizes.ts';
import { uploadPlace } from './upload-place.ts';

type Signal = AbortSignal | undefined;

const SETTABLE: readonly (keyof Attributes)[] = ['modified', 'mode'];

/** One call at a time on a connection that others use as well. */
export class SftpClientSession implements RemoteSession {
  readonly number: number;
  readonly #connection: SftpConnection;
  readonly #sizes: TransferSizes;
  readonly #answers: SftpRequests;
  readonly #onClose: () => Promise<void>;
  #isClosed = false;

  /** @param onClose called once, when nothing more comes from this session */
  constructor(number: number, connection: SftpConnection, sizes: TransferSizes, onClose: () => Promise<void>) {
    this.number = number;
    this.#connection = connection;
    this.#sizes = sizes;
    this.#answers = new SftpRequests(connection);
    this.#onClose = onClose;
  }

  get facts(): SessionFacts {
    const { extensions, directory, link } = this.#connection;
    const abilities = {
      restart: true,
      randomReads: true,
      digests: digestsOf(extensions),
      settable: SETTABLE,
      space: extensions.has('statvfs@openssh.com'),
      partial: false,
      links: true,
      statsLinks: true,
      isSeenEarly: true,
    };
    return { greeting: '', features: extensions, directory, tls: undefined, ssh: link.facts, abilities };
  }

  get isUsable(): boolean {
    return !this.#isClosed && this.#connection.isUsable;
  }

  readonly quickestLook = 'stat';

  async isAlive(): Promise<boolean> {
    return this.isUsable;
  }

  /** Replies that nobody waits for any more are taken as they come. */
  async settle(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#onClose();
  }

  /** Whatever went wrong went wrong on the connection, or somebody closes all of it. */
  destroy(): void {
    this.#connection.link.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Of a link, the link itself. */
  async stat(path: VirtualPath, signal: Signal): Promise<RemoteEntry> {
    const facts = factsOf(await this.#answers.attributes({ kind: 'lstat', path }, { signal }));
    const target = facts.kind === 'link' ? await targetOf(this.#answers, path, signal) : undefined;
    return { name: baseName(path), path, ...facts, ...(target !== undefined && { target }) };
  }

  async probe(path: VirtualPath, signal: Signal): Promise<RemoteEntry | undefined> {
    try {
      const facts = factsOf(await this.#answers.attributes({ kind: 'stat', path }, { signal }));
      return { name: baseName(path), path, ...facts };
    } catch (error) {
      if (error instanceof ClientError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async isDirectory(path: VirtualPath, signal: Signal): Promise<boolean> {
    return (await this.probe(path, signal))?.kind === 'directory';
  }

  list(path: VirtualPath, listing: IncomingListing, signal: AbortSignal): Promise<ListingEnd> {
    return list(this.#answers, path, listing, signal);
  }

  /** A refusal to answer is no failure: the transfer itself will tell what is wrong. */
  async lookUp(path: VirtualPath, _isTimeWanted: IsTimeWanted, signal: Signal): Promise<RemoteFile> {
    try {
      const { size, modified } = factsOf(await this.#answers.attributes({ kind: 'stat', path }, { signal }));
      return { size, modified };
    } catch (error) {
      if (error instanceof ClientError && error.isRefusal) return { size: undefined, modified: undefined };
      throw error;
    }
  }

  lookUpForDownload(path: VirtualPath, isTimeWanted: IsTimeWanted, signal: Signal): Promise<RemoteFile> {
    return this.lookUp(path, isTimeWanted, signal);
  }

  async size(path: VirtualPath, signal: Signal): Promise<number> {
    return told(factsOf(await this.#answers.attributes({ kind: 'stat', path }, { signal })).size, 'size');
  }

  async modified(path: VirtualPath, signal: Signal): Promise<Date> {
    return told(factsOf(await this.#answers.attributes({ kind: 'stat', path }, { signal })).modified, 'time');
  }

  digest(path: VirtualPath, algorithm: DigestAlgorithm, options: CallOptions & ByteRange): Promise<Uint8Array> {
    return digest(this.#answers, this.#connection.extensions, path, algorithm, options);
  }

  remove(path: VirtualPath, signal: Signal): Promise<void> {
    return this.#answers.ok({ kind: 'remove', path }, { signal });
  }

  removeDirectory(path: VirtualPath, signal: Signal): Promise<void> {
    return this.#answers.ok({ kind: 'rmdir', path }, { signal });
  }

  makeDirectory(path: VirtualPath, signal: Signal): Promise<void> {
    return this.#answers.ok({ kind: 'mkdir', path, attributes: {} }, { signal });
  }

  /** As rename(2) where the server can, and where something may be replaced: a plain one refuses a name that is taken. */
  async rename(from: VirtualPath, to: VirtualPath, { signal, exclusive = false }: RenameWithTime): Promise<boolean> {
    const canReplace = !exclusive && this.#connection.extensions.has('posix-rename@openssh.com');
    const kind = canReplace ? 'posix-rename@openssh.com' : 'rename';
    await this.#answers.ok({ kind, from, to }, { signal, phase: 'finish' });
    return false;
  }

  setMode(path: VirtualPath, mode: number, signal: Signal): Promise<void> {
    return this.#answers.ok({ kind: 'setstat', path, attributes: { mode } }, { signal });
  }

  /** Version 3 sets both times at once, in whole seconds of 32 bits. */
  async setModified(path: VirtualPath, time: Date, signal: Signal): Promise<undefined> {
    const modified = Math.floor(time.getTime() / 1000);
    if (modified < 0 || modified >= 2 ** 32)
      throw new ClientError('invalid-argument', `SFTP has no such time: ${time.toISOString()}`, { phase: 'prepare' });
    const times = { accessed: Math.floor(Date.now() / 1000), modified };
    await this.#answers.ok({ kind: 'setstat', path, attributes: { times } }, { signal });
  }

  makeLink(path: VirtualPath, target: string, signal: Signal): Promise<void> {
    return this.#answers.ok({ kind: 'symlink', target, path }, { signal });
  }

  uploadPlace(path: VirtualPath, signal: Signal): Promise<UploadPlace> {
    return uploadPlace(this.#answers, path, signal);
  }

  receive(plan: ReceivePlan): Promise<void> {
    return receive(this.#answers, plan, this.#bounds(this.#sizes.read));
  }

  send(plan: SendPlan): Promise<SendOutcome> {
    const canFlush = this.#connection.extensions.has('fsync@openssh.com');
    return send(this.#answers, plan, { ...this.#bounds(this.#sizes.write), canFlush });
  }

  async space(path: VirtualPath, signal: Signal): Promise<Space> {
    return this.#answers.extended({ kind: 'statvfs@openssh.com', path }, { signal }, (fields) => {
      fields.uint64();
      const [blockBytes, total] = [fields.uint64(), fields.uint64()];
      fields.uint64();
      return { free: fields.uint64() * blockBytes, total: total * blockBytes };
    });
  }

  /** No answer of a server tells, so that whoever needs it takes another name first. */
  async publishesWhole(): Promise<boolean> {
    return false;
  }

  #bounds(bytes: number) {
    return { bytes, requests: this.#connection.settings.limits.maxSftpRequests };
  }
}

function told<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value;
  throw new ClientError('unsupported', `The server does not tell the ${what} of this`, { phase: 'command' });
}
