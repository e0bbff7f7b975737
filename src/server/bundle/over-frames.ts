import { background, type Direction, type TlsFacts, type VirtualPath } from '../../core/index.ts';
import { FrameQueue, FrameStream, type Reply } from '../../protocol/index.ts';
import { isUnexpected, replyFor } from '../failures.ts';
import { rateLimitOf, withDataConnection } from '../transfer.ts';
import type { UserSession } from '../user-session.ts';

export const VERB = 'BNDL';

/** What a bundle works with while its data connection stands. */
export interface Frames {
  readonly incoming: FrameStream;
  readonly outgoing: FrameQueue;
  readonly tls: TlsFacts | undefined;
  /** How many files wait for us: while there are any, the peer, which may wait for them, does not stall. */
  readonly atWork: { files: number };
}

/**
 * Opens the data connection of a bundle, and lets frames pass both ways until the work has ended. What it throws breaks
 * the connection.
 */
export function overFrames(
  user: UserSession,
  direction: Direction,
  text: string,
  work: (frames: Frames) => Promise<Reply>,
): Promise<Reply> {
  const { signal } = user.session;
  const description = { verb: VERB, direction, path: user.cwd, offset: 0, text };
  return withDataConnection(user, description, async (connection) => {
    const incoming = new FrameStream();
    const outgoing = new FrameQueue();
    const atWork = { files: 0 };
    const exchanged = connection.exchange({
      incoming,
      outgoing,
      endsStream: true,
      signal,
      isWorking: () => atWork.files > 0,
      ...rateLimitOf(user, description),
    });
    let loss: unknown;
    background(exchanged, (error) => {
      loss = error;
      outgoing.leave();
    });
    try {
      const answer = await work({ incoming, outgoing, tls: connection.tls, atWork });
      outgoing.end();
      // That the peer is gone is what a bundle that was cut says already.
      if (answer.code < 300) await exchanged;
      else await exchanged.catch(() => undefined);
      return answer;
    } catch (error) {
      const reason = loss ?? error;
      connection.abort();
      throw reason;
    }
  });
}

/**
 * Publishes that one file of a bundle is refused, as a command of its own would: bounded, because the peer decides how
 * often that happens.
 */
export function tellRefusedItem({ session }: UserSession, path: VirtualPath | undefined, { code, lines }: Reply): void {
  if (session.loggedRefusals >= session.settings.limits.maxLoggedRefusals) return;
  session.loggedRefusals += 1;
  const reason = lines.join(' ');
  session.publish({ event: 'command.refused', verb: VERB, ...(path !== undefined && { path }), reply: code, reason });
}

/** What an error says of one file of a bundle. */
export function refusalFor({ session }: UserSession, error: unknown): Reply {
  if (isUnexpected(error)) session.publish({ event: 'failure', verb: VERB, error });
  return replyFor(error);
}
