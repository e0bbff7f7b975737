import { isMalformed, type Line, parseCommandLine } from '../protocol/index.ts';
import type { CommandFacts } from './command-facts.ts';
import type { Session } from './session.ts';

/** What a line may do while another command runs; nothing, where it has an argument. */
export function meanwhileOf(session: Session, line: Line): CommandFacts['meanwhile'] {
  const { command, argument } = read(session, line);
  return argument === '' ? command?.meanwhile : undefined;
}

/**
 * Whether an ABOR waits for the command that begins: it came in one packet with it, when there was nothing to end yet. It
 * is brought forward; one behind the next transfer is meant for that.
 */
export function isAbortedAlready(session: Session): boolean {
  return session.lines.bringForward((line) => {
    if (meanwhileOf(session, line) === 'aborts') return 'wanted';
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
