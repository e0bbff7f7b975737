import type { Readable } from 'node:stream';
import type { ToldEvent } from '../../operations/index.ts';

/** A file that somebody is asked about. */
export interface Question {
  /** The file, its account and where it comes from. */
  readonly about: ToldEvent;
  readonly bytes: number;
  /** The content, from its first byte, each time that it is called. */
  readonly read: () => Readable;
}

/** What a judge says of a file. */
export type JudgeVerdict =
  | { readonly verdict: 'accept' }
  | { readonly verdict: 'refuse' | 'quarantine'; readonly reason: string };

/** Who says whether a file may have its name. */
export interface Judge {
  /** @throws JudgeError where there is no verdict; what the signal says where it ends the question */
  judge(question: Question, signal: AbortSignal): Promise<JudgeVerdict>;
}

/** There is no verdict. */
export class JudgeError extends Error {
  override readonly name = 'JudgeError';
  readonly code = 'judge';
  /** The file will never get one. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal = false, ...options }: ErrorOptions & { readonly isFinal?: boolean } = {}) {
    super(message, options);
    this.isFinal = isFinal;
  }
}
