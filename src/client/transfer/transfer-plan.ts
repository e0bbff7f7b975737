import type { Direction } from '../../core/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { DataConnection } from '../../transport/index.ts';
import type { Command } from '../connection/connection.ts';
import type { ClientError } from '../errors.ts';

export interface TransferPlan {
  readonly verb: 'RETR' | 'STOR' | 'APPE' | 'LIST' | 'MLSD' | 'NLST' | 'BNDL';
  readonly argument: string;
  readonly direction: Direction;
  readonly type: 'binary' | 'text';
  /** Byte to begin at (REST). Default: 0, which needs no command. */
  readonly offset?: number;
  readonly signal?: AbortSignal | undefined;
  /** What is to be known before bytes move. Where the server takes commands ahead, the transfer is under way by then. */
  readonly questions?: readonly Command[];
  /** The final replies to the questions, whatever they say. What it throws ends the transfer, or lets none begin. */
  readonly onAnswers?: (replies: readonly Reply[]) => void;
  /** What is to be done behind a transfer that the server has confirmed. It must do no harm behind one that failed. */
  readonly behind?: readonly Command[];
  /**
   * Asked when the bytes are about to move: whether the port of the next transfer may be asked for while they do, which
   * needs a transfer that is short. Default: it may not.
   */
  readonly mayAskAhead?: () => boolean;
  /** Moves the bytes. What it throws ends the transfer and reaches the caller. */
  readonly move: (data: DataConnection, signal: AbortSignal, context: MoveContext) => Promise<void>;
  /** Called when the server has said that the transfer begins (1yz). Some never say it. */
  readonly onOpening?: () => void;
}

/** What is known when the bytes begin to move. */
export interface MoveContext {
  /** The 1yz, where one has come. */
  readonly opening: Reply | undefined;
  /** For `DataConnection.receive`: the server takes it well that our direction ends first. */
  readonly endsFirst: boolean;
  /** For `DataConnection.send`: an upload is not confirmed before. */
  readonly onSent: () => void;
}

export interface TransferOutcome {
  /** The final one. */
  readonly reply: Reply;
  /** To the commands behind the transfer. */
  readonly behind: readonly Reply[];
  /** Why there are fewer of them than commands. The transfer is done all the same. */
  readonly failure: ClientError | undefined;
}
