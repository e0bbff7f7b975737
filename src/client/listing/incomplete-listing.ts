import type { VirtualPath } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import { textOf } from '../connection/reply-error.ts';
import { ClientError } from '../errors.ts';

/**
 * Why a listing does not tell all that there is.
 *
 * - `cut`: the server said that it left entries out
 * - `nothing-sent`: the server said that it was done, or that there was nothing of the kind, and sent no listing
 * - `lines`: some lines were none that could be understood
 * - `kinds`: some entries are neither file, directory nor link, or it is not told what they are
 * - `no-end`: with `endOfStream: 'lenient'`, the stream ended without close_notify: within a line, or anywhere for a caller
 *   who deletes by what is missing
 */
export type IncompleteReason = 'cut' | 'nothing-sent' | 'lines' | 'kinds' | 'no-end';

export interface IncompleteFacts {
  readonly path: VirtualPath;
  readonly reason: IncompleteReason;
  /** Lines or entries that are concerned, where they can be counted. */
  readonly count?: number;
  /** The first of them, which may be cut. */
  readonly sample?: string | undefined;
  readonly reply?: Reply | undefined;
}

/**
 * The listing of a directory came to its end, and there may be more in the directory than was told: what is missing must
 * not be taken for absent. It is thrown behind the entries that came.
 */
export class IncompleteListing extends ClientError {
  readonly path: VirtualPath;
  readonly reason: IncompleteReason;
  readonly count: number | undefined;
  readonly sample: string | undefined;

  constructor({ path, reason, count, sample, reply }: IncompleteFacts) {
    const why = WHYS[reason]({ count: count ?? 0, sample, reply });
    super('incomplete-listing', `The listing of ${path} is incomplete: ${why}`, { phase: 'transfer', reply });
    this.path = path;
    this.reason = reason;
    this.count = count;
    this.sample = sample;
  }
}

/** Whether it is that, or what a storage made of it. */
export function isIncompleteListing(error: unknown): boolean {
  return incompleteListingIn(error) !== undefined;
}

/** Whether nothing but the missing close_notify is against the listing: only who deletes by it needs more. */
export function lacksEndAlone(error: unknown): boolean {
  const incomplete = incompleteListingIn(error);
  return incomplete?.reason === 'no-end' && incomplete.sample === undefined;
}

function incompleteListingIn(error: unknown): IncompleteListing | undefined {
  if (error instanceof IncompleteListing) return error;
  return error instanceof Error && error.cause instanceof IncompleteListing ? error.cause : undefined;
}

type Why = (facts: {
  readonly count: number;
  readonly sample: string | undefined;
  readonly reply: Reply | undefined;
}) => string;

const WHYS: { readonly [reason in IncompleteReason]: Why } = {
  cut: ({ reply }) => `the server left entries out${said(reply)}`,
  'nothing-sent': ({ reply }) => `the server sent nothing, which need not mean that it is empty${said(reply)}`,
  lines: ({ count, sample }) =>
    `${count === 1 ? 'a line is' : `${count} lines are`} not understood${shown(count, sample)}`,
  kinds: ({ count, sample }) =>
    `${count === 1 ? 'an entry is' : `${count} entries are`} neither file, directory nor link${shown(count, sample)}`,
  'no-end': ({ sample }) =>
    sample === undefined
      ? "its stream ended without close_notify, so that it may have been cut; endOfStream: 'lenient' (--end-of-stream " +
        'lenient) takes it to be read, and not to delete by it'
      : `its stream ended without close_notify, in the line of ${JSON.stringify(sample)}`,
};

function said(reply: Reply | undefined): string {
  return reply ? ` (${reply.code} ${textOf(reply)})` : '';
}

function shown(count: number, sample: string | undefined): string {
  if (sample === undefined) return '';
  return `${count === 1 ? ': ' : ', the first: '}${JSON.stringify(sample)}`;
}
