import type { Reply, ReplyReader } from '../../protocol/index.ts';
import { ChannelError, type ClientChannel } from '../../transport/index.ts';

export interface ReplyWait {
  /** For all of its lines: they may come as slowly as the server likes. */
  readonly timeoutMs: number;
  /** Without a byte more, behind which a reply that a server does not end properly is taken as it stands. */
  readonly silenceMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The next reply of a server. @throws ChannelError; ReplyFailure */
export async function readReply(
  channel: ClientChannel,
  replies: ReplyReader,
  { timeoutMs, silenceMs, signal }: ReplyWait,
): Promise<Reply> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const leftMs = Math.max(0, end - performance.now());
    const unfinishedBytes = channel.unfinishedBytes;
    try {
      const reply = replies.push(await channel.nextLine({ timeoutMs: Math.min(leftMs, silenceMs), signal }));
      if (reply) return reply;
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      const isOver = error.code === 'peer-closed';
      if (!isOver && error.code !== 'timeout') throw error;
      const isSilent = isOver || channel.unfinishedBytes === unfinishedBytes;
      const reply = isSilent ? unendedReply(channel, replies) : undefined;
      if (reply) return reply;
      if (isOver || leftMs <= silenceMs) throw error;
    }
  }
}

/** What came of a reply, if it lacks nothing but its line end, or the right code in its last line. */
function unendedReply(channel: ClientChannel, replies: ReplyReader): Reply | undefined {
  if (channel.unfinishedBytes === 0) return replies.takeMisended();
  const line = channel.takeUnfinished((bytes) => replies.isEndedBy(bytes));
  return line && replies.push(line);
}
