import {
  formatReply,
  isMalformed,
  type Line,
  looksLikeHttp,
  parseCommandLine,
  type Reply,
  reply,
} from '../protocol/index.ts';
import type { CommandDefinition, CommandResult } from './command.ts';
import { commandOf } from './commands/index.ts';
import { isAlreadyAborted } from './concurrency.ts';
import { isUnexpected, replyFor } from './failures.ts';
import { PASSWORD_DUE } from './password-due.ts';
import type { Session } from './session.ts';
import { answerUnrecorded, refusalWithoutRecords } from './unrecorded.ts';
import { userSessionOf } from './user-session.ts';

/**
 * Answers one command line. The concerns come in a fixed order, and the order is the security property: is it a
 * command, is it known, may its bytes travel here in clear, has the peer signed in, is the data protected, can the
 * storage do it; only then does it run.
 */
export async function dispatch(
  session: Session,
  line: Line,
  mode: 'sequential' | 'concurrent' = 'sequential',
): Promise<void> {
  if (line === 'too-long') return answerUnknown(session, 500, 'The command line is too long');
  // A page that makes a browser send its request here must not get it executed line by line (ALPACA).
  if (!session.isSignedIn && looksLikeHttp(line)) return hangUp(session, 'HTTP request');
  const parsed = parseCommandLine(line);
  if (isMalformed(parsed)) return answerUnknown(session, 500, parsed.malformed);
  const found = commandOf(parsed.verb, parsed.argument);
  if (!found) return answerUnknown(session, 500, 'Unknown command');
  const { command, argument } = found;

  const began = performance.now();
  if (mode === 'sequential') session.isRefusalTold = false;
  const outcome = gateRefusal(session, command)?.answer ?? (await run(session, command, argument, mode));
  const answer = 'deliver' in outcome ? outcome.reply : outcome;
  session.publish({
    event: 'command',
    verb: command.verb.includes(' ') ? command.verb : parsed.verb,
    argument: isSecret(command, argument) ? '' : argument,
    reply: answer.code,
    durationMs: Math.round(performance.now() - began),
  });
  if (mode === 'sequential') tellRefusal(session, command, answer);
  // What is answered beside a transfer acknowledges nothing.
  const records = mode === 'sequential' ? session.settings.records : undefined;
  if (records && !(await isCommandRecorded(session, records))) return answerUnrecorded(session, command);
  if ('deliver' in outcome) await outcome.deliver(formatReply(answer));
  else await session.send(answer);
}

async function isCommandRecorded(
  session: Session,
  records: NonNullable<Session['settings']['records']>,
): Promise<boolean> {
  const isRecorded = await session.isRecorded();
  records.commandEnded(session.id);
  return isRecorded;
}

function isSecret({ secret }: CommandDefinition, argument: string): boolean {
  return typeof secret === 'function' ? secret(argument) : secret === true;
}

/** Refusals for the log: not signed in, no such file or no right, quota exceeded, name not allowed. */
const REFUSALS: ReadonlySet<number> = new Set([530, 550, 552, 553]);

/** Publishes why a command was refused, for operators. Bounded, because the peer decides how often that happens. */
function tellRefusal(session: Session, { verb }: CommandDefinition, answer: Reply): void {
  const { settings } = session;
  const user = userSessionOf(session);
  const path = user?.named;
  if (user) user.named = undefined;
  if (!REFUSALS.has(answer.code) || session.isRefusalTold) return;
  if (session.loggedRefusals >= (user ? settings.limits.maxLoggedRefusals : 1)) return;
  session.loggedRefusals += 1;
  session.publish({
    event: 'command.refused',
    verb,
    ...(path !== undefined && { path }),
    reply: answer.code,
    reason: answer.lines.join(' '),
  });
}

/** What a gate answers, and the option of the server that has it do so. */
interface GateRefusal {
  readonly answer: CommandResult;
  readonly option?: string;
}

/** The gates. */
export function gateRefusal(session: Session, command: CommandDefinition): GateRefusal | undefined {
  if (session.settings.records?.trouble !== undefined) {
    const answer = refusalWithoutRecords(session, command);
    if (answer) return { answer, option: 'records' };
  }
  const { clear } = session.settings;
  if (command.carriesLogin && !session.isSecure && !clear.login) {
    const text = 'No login in clear: send AUTH TLS first, or connect to the implicit FTPS port';
    return { answer: reply(530, text), option: 'clear.login' };
  }
  if (command.access === 'anyone') return undefined;
  const user = userSessionOf(session);
  if (session.login.kind === 'due') return { answer: reply(530, `Change your password first. ${PASSWORD_DUE}`) };
  if (!user) return { answer: reply(530, 'Please log in with USER and PASS') };
  if (command.opensData && session.dataProtection === 'clear' && !clear.data) {
    // RFC 4217 section 10.2
    const text = 'Data connection cannot be opened with this PROT setting: send PBSZ 0 and PROT P';
    return { answer: reply(521, text), option: 'clear.data' };
  }
  if (command.needs && !user.files.can(command.needs)) {
    return { answer: reply(502, 'The storage of this account cannot do that') };
  }
  return undefined;
}

async function run(
  session: Session,
  command: CommandDefinition,
  argument: string,
  mode: 'sequential' | 'concurrent',
): Promise<CommandResult> {
  if (mode === 'sequential') begin(session, command);
  try {
    return await execute(session, command, argument);
  } catch (error) {
    if (isUnexpected(error)) session.publish({ event: 'failure', verb: command.verb, error });
    return replyFor(error);
  } finally {
    if (mode === 'sequential') {
      session.running = undefined;
      userSessionOf(session)?.forget(command.keeps ?? []);
    }
  }
}

function begin(session: Session, { verb }: CommandDefinition): void {
  const abort = new AbortController();
  session.running = { verb, since: Date.now(), abort };
  if (isAlreadyAborted(session)) abort.abort();
}

/** Carries out a command that no gate refuses. */
export function execute(
  session: Session,
  command: CommandDefinition,
  argument: string,
): CommandResult | Promise<CommandResult> {
  if (command.access === 'anyone') return command.run(session, argument);
  const user = userSessionOf(session);
  if (!user) throw new Error('A command for users passed the gate without a login');
  return command.run(user, argument);
}

/** Bounded before the login: a peer that sends random words is no FTP client. */
async function answerUnknown(session: Session, code: number, text: string): Promise<void> {
  session.unknownCommands += 1;
  if (!session.isSignedIn && session.unknownCommands >= session.settings.limits.maxUnknownCommands) {
    return session.close(421, 'Too many unknown commands', 'too many unknown commands');
  }
  await session.send(reply(code, text));
}

async function hangUp(session: Session, reason: string): Promise<void> {
  session.closeReason ??= reason;
  await session.channel.close();
}
