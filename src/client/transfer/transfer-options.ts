import type { Pace } from '../../core/index.ts';
import { createPace } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';
import type { ReadRange } from '../options.ts';
import type { DownloadOptions, TransferOptions, UploadOptions } from './transfer.ts';

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

export function paceOf({ maxBytesPerSecond }: TransferOptions): Pace | undefined {
  return maxBytesPerSecond === undefined ? undefined : createPace(maxBytesPerSecond);
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
