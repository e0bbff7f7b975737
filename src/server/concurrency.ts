import { isMalformed, type Line, parseCommandLine } from '../protocol/index.ts';
import type { CommandFacts } from './command-facts.ts';
import type { Session } from './session.ts';

/** What a line does while another command runs. A line with an argument waits. */
export function concurrencyOf(session: Session, line: Line): CommandFacts['concurrency'] {
  const { command, argument } = read(session, line);
  return argument === '' ? command?.concurrency : undefined;
}

/**
 * Whether an ABOR for the command that begins is already queued: it came in one packet with the command, when there was
 * nothing to abort yet. That ABOR is moved to the front of the queue. An ABOR behind another transfer is meant for that one.
 */
export function isAlreadyAborted(session: Session): boolean {
  return session.lines.bringForward((line) => {
    if (concurrencyOf(session, line) === 'aborts') return 'wanted';
    return read(session, line).command?.opensData ? 'ends' : undefined;
  });
}

function read(
  { commands }: Session,
  line: Line,
): { readonly command?: CommandFacts | undefined; readonly argument: string } {
  const parsed = line === 'too-long' ? undefined : parseCommandLine(line);
  if (parsed === undefined || isMalformed(parsed)) return { argument: '' };
  return { command: commands.get(parsed.verb), argument: parsed.argument };
}
