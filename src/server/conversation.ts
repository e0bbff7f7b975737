import { background } from '../core/index.ts';
import { type Line, reply } from '../protocol/index.ts';
import { concurrencyOf } from './concurrency.ts';
import { dispatch } from './dispatch.ts';
import { secure } from './secure.ts';
import type { Session } from './session.ts';

/** Serves one control connection from the greeting to its end. Never rejects; everything of the session is released. */
export async function converse(session: Session): Promise<void> {
  const began = performance.now();
  const { channel } = session;
  const ended = endWithChannel(session);
  try {
    if (await greet(session)) await answerAll(session);
  } catch (error) {
    session.publish({ event: 'failure', error });
  } finally {
    await channel.close();
    await ended;
    const { origin } = session;
    await session.signOut().catch((error) => session.publish({ event: 'failure', error }));
    const durationMs = Math.round(performance.now() - began);
    const reason = session.closeReason ?? 'closed';
    session.settings.publish({ event: 'session.closed', reason, durationMs, ...origin });
  }
}

/** Ends the session with its connection: no line is read any more, and the running command is aborted. */
async function endWithChannel(session: Session): Promise<void> {
  const reason = await session.channel.closed;
  session.closeReason ??= reason;
  session.lines.end();
  session.running?.abort.abort();
}

/** Whether the peer may send commands. */
async function greet(session: Session): Promise<boolean> {
  const { channel, settings, mode } = session;
  session.publish({ event: 'session.opened', mode, port: channel.peer.port });
  if (mode === 'implicit' && !(await secure(session))) return false;
  channel.listen({ onLine: (line) => receive(session, line), onEnd: () => session.lines.finish() });
  await session.send(reply(220, settings.greeting));
  return true;
}

async function answerAll(session: Session): Promise<void> {
  for (;;) {
    const line = await nextLine(session);
    if (line === undefined || session.termination) break;
    await dispatch(session, line);
    if (session.termination) break;
  }
  if (session.termination) await session.endWhenIdle();
}

/** Waits for a line, as long as the idle limit or the login deadline lets it. */
async function nextLine(session: Session): Promise<Line | undefined> {
  const { idleMs } = session;
  const untilLogin = session.isSignedIn
    ? Number.POSITIVE_INFINITY
    : Math.max(0, session.loginDeadline - performance.now());
  const expire = () => {
    const [text, reason] = untilLogin < idleMs ? ['No login in time', 'login timeout'] : ['Idle too long', 'idle'];
    background(session.close(421, `${text}: closing the connection`, reason), ignoreBroken);
  };
  const timer = setTimeout(expire, Math.min(idleMs, untilLogin));
  try {
    return await session.lines.next();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Handles a received line. Some commands are answered while a transfer runs (RFC 959 section 4.1.3); beside any other
 * command the client would take the answer for that command's own. ABOR overtakes the lines that wait behind a transfer and
 * ends the transfer; behind another command it concerns the lines that wait there.
 */
function receive(session: Session, line: Line): void {
  const { lines, running } = session;
  const concurrency = running && concurrencyOf(session, line);
  if (concurrency === 'aborts' && (lines.isEmpty || session.commands.get(running?.verb ?? '')?.opensData)) {
    lines.pushFirst(line);
    running?.abort.abort();
  } else if (concurrency === 'answered' && session.transfer && lines.isEmpty) {
    background(dispatch(session, line, 'concurrent'), (error) => session.publish({ event: 'failure', error }));
  } else {
    lines.push(line);
  }
}

/** Ignores the failure: the peer is gone already, and no reply can reach it. */
function ignoreBroken(): void {}
