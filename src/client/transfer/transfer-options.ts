import type { Readable, Writable } from 'node:stream';
import type { CallOptions, DigestAlgorithm, Direction, RateLimiter } from '../../core/index.ts';
import { createRateLimiter } from '../../transport/index.ts';
import { ClientError, type ClientErrorCode } from '../errors.ts';
import type { ReadRange } from '../options.ts';

/**
 * Where an upload's bytes come from. A string is the path of a local file; bytes, text and files can be read again when
 * a connection breaks, so can a function that is called with the offset to begin at; a stream can't.
 */
export type Source =
  | string
  | Uint8Array
  | Blob
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | ((offset: number) => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>);

/**
 * Where a download's bytes go. A string is the path of a local file: it appears under its name when it is whole. A
 * stream is ended when all bytes are in it, and destroyed when they can't be had.
 */
export type Sink = string | Writable | WritableStream<Uint8Array>;

/** What a transfer has done so far. */
export interface Progress {
  readonly direction: Direction;
  /** On the server. */
  readonly path: string;
  /** Bytes moved by this call. */
  readonly bytes: number;
  /** Bytes that were there already when it began (resume). */
  readonly offset: number;
  /** Bytes of the whole file, where known. */
  readonly total: number | undefined;
}

export interface TransferOptions extends CallOptions {
  /** Called now and then, and at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** Bytes a second, at the most. */
  readonly maxBytesPerSecond?: number;
  /**
   * `binary`: bytes are bytes. `text`: lines end on the other side as they do there (TYPE A). Default: `binary`.
   */
  readonly type?: 'binary' | 'text';
  /**
   * Compares checksums when all is moved: by the strongest algorithm that both sides have. `require` fails where the
   * server has none, before anything is sent. A checksum that can't be had of an upload which is stored by then is a
   * warning. Default: `off`.
   */
  readonly checksum?: 'off' | 'prefer' | 'require';
  /**
   * For whoever moves many files at once: a small one goes together with others in one transfer, where the server can do
   * that (BNDL) and no other option stands against it. It is compared by SHA-256 then. Default: false.
   */
  readonly bundled?: boolean;
}

export interface DownloadOptions extends TransferOptions {
  /** Goes on with what an earlier, broken download into this path left. Default: false. */
  readonly resume?: boolean;
  /** Byte of the remote file to begin at. Default: 0. Not together with `resume`. */
  readonly offset?: number;
  /** Connections that download parts of the file at once; into a path only. Default: 1. */
  readonly segments?: number;
  /** Gives the local file the time of the remote one. Default: false. */
  readonly keepTime?: boolean;
}

export interface UploadOptions extends TransferOptions {
  /**
   * Goes on behind what stands on the server already (SIZE, then REST and STOR, or APPE), if it is the beginning of the
   * source; otherwise begins anew. Where the server computes no checksums its size alone is looked at. Default: false.
   */
  readonly resume?: boolean;
  /** Bytes of the source, where it is a stream and they are known: for totals, and to notice a short source. */
  readonly size?: number;
  /**
   * Uploads under a temporary name and renames when all is there. Default: true over SFTP, unless `resume` is; else false:
   * good servers of FTP do so themselves.
   */
  readonly temporaryName?: boolean;
  /** Fails with `exists` where the name is taken. FTP has no such command: it is looked up before. Default: false. */
  readonly exclusive?: boolean;
  /** Gives the remote file the time of the local one (a path), or this time. Default: false. */
  readonly keepTime?: boolean | Date;
}

/** What could not be done behind an upload that is stored: to try again would store it twice. */
export interface TransferWarning {
  readonly about: 'size' | 'checksum' | 'time' | 'replaced';
  readonly code: ClientErrorCode;
  /** For people. */
  readonly message: string;
}

/** A transfer that is done, and was seen to be whole. */
export interface TransferResult {
  readonly path: string;
  /** Bytes moved by this call. */
  readonly bytes: number;
  /** Where it began. */
  readonly offset: number;
  readonly durationMs: number;
  /** What was compared. `size`: nothing but the number of bytes. */
  readonly verified: 'nothing' | 'size' | DigestAlgorithm;
  /** How often it had to be taken up again. */
  readonly retries: number;
  /** Of an upload: what could not be done behind it. */
  readonly warnings: readonly TransferWarning[];
}

/** @throws ClientError `invalid-argument` for what makes no sense, or not together */
export function checkDownload(
  { offset = 0, resume, segments = 1, ...options }: DownloadOptions,
  isPath: boolean,
): void {
  const isPart = offset > 0 || resume === true;
  checkRate(options);
  requireThat(isPosition(offset), 'offset is a number of bytes');
  requireThat(Number.isSafeInteger(segments) && segments >= 1, 'segments is a number from 1 on');
  requireThat(!(offset > 0 && resume), 'offset and resume both say where to begin');
  requireThat(isPath || !resume, 'resume needs the path of a local file; give the offset of a stream');
  requireThat(isPath || segments === 1, 'segments need the path of a local file');
  requireThat(isPath || !options.keepTime, 'keepTime needs the path of a local file');
  requireThat(
    options.type !== 'text' || !isPart,
    'bytes of a text can not be counted: begin at its start, or use binary',
  );
}

export function checkUpload({ resume, temporaryName, size, ...options }: UploadOptions): void {
  checkRate(options);
  requireThat(size === undefined || isPosition(size), 'size is a number of bytes');
  requireThat(!(resume && temporaryName), 'what has a temporary name is not found again: resume or temporaryName');
  requireThat(
    options.type !== 'text' || !resume,
    'bytes of a text can not be counted: begin at its start, or use binary',
  );
}

export function checkAppend(options: UploadOptions): void {
  checkUpload(options);
  requireThat(
    !options.resume && !options.temporaryName && !options.exclusive,
    'append adds to what stands under the name',
  );
}

export function checkRange({ start = 0, end }: ReadRange): void {
  requireThat(isPosition(start), 'start is a number of bytes');
  requireThat(end === undefined || (isPosition(end) && end >= start), 'end is a number of bytes, not below start');
}

export function rateLimiterOf({ maxBytesPerSecond }: TransferOptions): RateLimiter | undefined {
  return maxBytesPerSecond === undefined ? undefined : createRateLimiter(maxBytesPerSecond);
}

function checkRate({ maxBytesPerSecond }: TransferOptions): void {
  requireThat(maxBytesPerSecond === undefined || maxBytesPerSecond >= 1, 'maxBytesPerSecond is a number from 1 on');
}

function isPosition(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function requireThat(isRight: boolean, message: string): void {
  if (!isRight) throw new ClientError('invalid-argument', message, { phase: 'prepare' });
}
