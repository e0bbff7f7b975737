import { parseFeatures, type Reply } from '../../protocol/index.ts';
import { ClientError, type ClientPhase } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import { CODE_ADVICE } from './code-advice.ts';
import { type Command, ControlConnection } from './connection.ts';
import { currentDirectory } from './current-directory.ts';
import { replyError, textOf } from './reply-error.ts';
import { habitsOf } from './server-habits.ts';

/** A connection on which transfers may begin, and what the server said of itself. */
export interface SignedIn {
  readonly connection: ControlConnection;
  readonly greeting: string;
  /** FEAT: names in upper case, with their parameters. */
  readonly features: ReadonlyMap<string, string>;
  /** Where the login led to, as the server writes it. */
  readonly directory: string;
}

/**
 * Connects, secures and signs in (RFC 4217 section 12). No user name goes out before TLS stands, unless clear text was
 * permitted; a server that answers anything but what the RFC foresees loses the connection (CVE-2021-22946).
 * @throws ClientError
 */
export async function signIn(number: number, settings: ClientSettings, signal?: AbortSignal): Promise<SignedIn> {
  const connection = await ControlConnection.open(number, settings, signal);
  try {
    if (settings.security === 'implicit') await connection.secure(signal);
    const greeting = await readGreeting(connection, signal);
    connection.habits = habitsOf(greeting);
    if (settings.security === 'explicit') await startTls(connection, signal);
    await logIn(connection, signal);
    return { connection, greeting, ...(await agree(connection, signal)) };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** 120 asks for patience; nothing but 220 lets us begin (a 230 here would let commands pass before TLS). */
async function readGreeting(connection: ControlConnection, signal: AbortSignal | undefined): Promise<string> {
  const phase = 'connect';
  const reply = await connection.finalReply({ signal, phase, timeoutMs: connection.settings.limits.connectMs });
  if (reply.code === 220) return textOf(reply);
  if (reply.code >= 400) throw replyError(reply, phase, 'greeting', 'connect-failed');
  throw unexpected(reply, phase, 'greeting');
}

/** Only 234 means that TLS comes next; 334 would want another exchange first, and anything else is no TLS at all. */
async function startTls(connection: ControlConnection, signal: AbortSignal | undefined): Promise<void> {
  await connection.sendAll([['AUTH', 'TLS']], signal, 'tls');
  const reply = await connection.nextReply({ signal, phase: 'tls' });
  if (reply.code !== 234) {
    throw new ClientError(
      'tls-refused',
      `The server does not start TLS: ${reply.code} ${textOf(reply)} (AUTH TLS). No password was sent`,
      { phase: 'tls', command: 'AUTH TLS', reply, retryable: reply.code === 421 || reply.code === 431 },
    );
  }
  await connection.secure(signal);
}

/** USER, PASS and ACCT as far as the server asks for them; 232 signs in by the certificate (RFC 2228). */
async function logIn(connection: ControlConnection, signal: AbortSignal | undefined): Promise<void> {
  const { user, password, account } = connection.settings;
  let reply = await loginStep(connection, 'USER', user, signal);
  if (reply.code === 331) reply = await loginStep(connection, 'PASS', await password(), signal);
  if (reply.code === 332) {
    if (account === undefined)
      throw refused(reply, `The server asks for more than the password. ${CODE_ADVICE}. It said`);
    reply = await loginStep(connection, 'ACCT', account, signal);
  }
  if (reply.code < 200 || reply.code >= 300) throw unexpected(reply, 'login', 'login');
}

async function loginStep(
  connection: ControlConnection,
  verb: 'USER' | 'PASS' | 'ACCT',
  argument: string,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const reply = await connection.request(verb, argument, { signal, phase: 'login', accept: (code) => code !== 421 });
  if (reply.code >= 500) throw refused(reply, `The login of ${connection.settings.user} was refused`);
  if (reply.code >= 400) throw replyError(reply, 'login', verb, 'login-refused');
  return reply;
}

type Agreed = Pick<SignedIn, 'features' | 'directory'>;

/** What the server can, data in TLS, names in UTF-8, and where we are. */
async function agree(connection: ControlConnection, signal: AbortSignal | undefined): Promise<Agreed> {
  const { security, dataProtection, isUtf8 } = connection.settings;
  const level = dataProtection === 'private' ? 'P' : 'C';
  const protection: readonly Command[] = [
    ['PBSZ', '0'],
    ['PROT', level],
  ];
  const first: readonly Command[] = [['FEAT', ''], ...(security === 'clear' ? [] : protection)];
  // Whoever takes commands ahead is told of UTF-8 on the chance.
  const ahead = connection.canPipeline ? directoryCommands(isUtf8) : [];
  const replies = await connection.requestAll([...first, ...ahead], { signal, phase: 'login' });
  const [told, , agreed] = replies;
  checkProtection(connection, level, security === 'clear' ? undefined : agreed);
  const features = told?.code === 211 ? parseFeatures(told) : new Map<string, string>();
  const { quirks } = connection.settings;
  if (!quirks.withoutBundles) quirks.bundles = new Set(features.get('BNDL')?.split(';'));
  const rest = directoryCommands(isUtf8 && features.has('UTF8'));
  const located = ahead.length > 0 ? replies : await connection.requestAll(rest, { signal, phase: 'login' });
  const reply = located.at(-1);
  return { features, directory: (reply && (await currentDirectory(connection, reply, signal))) ?? '/' };
}

/** Some servers write names in UTF-8 only once they are told to, which they need not know. */
function directoryCommands(isToldUtf8: boolean): readonly Command[] {
  return [...(isToldUtf8 ? [['OPTS', 'UTF8 ON'] as const] : []), ['PWD', '']];
}

/**
 * RFC 4217 section 9: data in TLS. The answer to PBSZ tells nothing: its size is 0 in any case, and servers that refuse it
 * take PROT. Implicit servers take protection for granted, and some know neither command: whether they do shows in the
 * handshake on the data connection, which we insist on.
 */
function checkProtection(connection: ControlConnection, level: 'P' | 'C', reply: Reply | undefined): void {
  if (!reply || (reply.code >= 200 && reply.code < 300)) return;
  if (connection.settings.security === 'implicit' && level === 'P' && reply.code >= 500) return;
  throw new ClientError(
    'tls-refused',
    `The server does not protect data connections: ${reply.code} ${textOf(reply)} (PROT ${level})`,
    { phase: 'login', command: `PROT ${level}`, reply },
  );
}

function refused(reply: Reply, message: string): ClientError {
  return new ClientError('login-refused', `${message}: ${reply.code} ${textOf(reply)}`, { phase: 'login', reply });
}

function unexpected(reply: Reply, phase: ClientPhase, where: string): ClientError {
  return new ClientError('protocol', `The server said ${reply.code} ${textOf(reply)} where it must not (${where})`, {
    phase,
    reply,
  });
}
