import type { Account } from '../../core/index.ts';
import type { JudgeVerdict, Question } from './judge.ts';

/** A gate as it runs in one process. */
export interface PreparedGate {
  readonly name: string;
  readonly goesByPath: boolean;
  readonly timeoutMs: number;
  /** What happens to files about which there is no verdict. */
  readonly acceptsUnanswered: boolean;
  readonly keepsRefused: boolean;
  readonly isFor: (account: Pick<Account, 'name' | 'groups'>) => boolean;
  readonly fits: (path: string) => boolean;
  readonly fitsBelow: (directory: string) => boolean;
  readonly fitsSize: (bytes: number) => boolean;
  /** What the client is told of a refused file. */
  readonly textFor: (reason: string) => string;
  /** @throws JudgeError, or the reason of the signal */
  readonly judged: (question: Question, signal: AbortSignal) => Promise<JudgeVerdict | 'overloaded'>;
}
