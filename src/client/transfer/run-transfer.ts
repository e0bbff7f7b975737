import type { Reply } from '../../protocol/index.ts';
import type { Command, ControlConnection } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';
import { ClientError } from '../errors.ts';
import { canAskAhead, EPSV, negotiateData } from './data-channel.ts';
import { Transfer } from './transfer.ts';
import { isUnreachable } from './transfer-failure.ts';
import type { TransferOutcome, TransferPlan } from './transfer-plan.ts';
import { TransferQuestions } from './transfer-questions.ts';

/**
 * One transfer: a data connection, a command, bytes, and the reply that ends it. It is done when the data are AND the
 * server has said so, in whichever order. Whatever goes wrong, the control connection stays in step: a reply that is
 * still to come is skipped. @throws ClientError
 */
export async function runTransfer(connection: ControlConnection, plan: TransferPlan): Promise<TransferOutcome> {
  connection.passiveAhead.beginTransfer();
  const outcome = await attempt(connection, plan);
  connection.passiveAhead.endTransfer();
  return outcome;
}

async function attempt(connection: ControlConnection, plan: TransferPlan): Promise<TransferOutcome> {
  const { quirks } = connection.settings;
  // By the time that a server refuses the type, an upload that went with it has emptied the file.
  const isTypeKnown = connection.type === typeOf(plan) || plan.direction !== 'upload';
  // REST must be the last thing before the command (RFC 3659 section 5), and what it says is known before the command goes.
  const goTogether = connection.canPipeline && connection.passiveAhead.isThere && !plan.offset && isTypeKnown;
  const questions = questionsOf(connection, plan);
  const asked = goTogether ? undefined : await askBefore(connection, questions, plan);
  const { endpoint: agreed, mayBeUnreachable, isAhead } = await negotiateData(connection, asked, plan.signal);
  await using endpoint = agreed;
  if (plan.offset) await restartAt(connection, plan.offset, plan.signal);
  const together = new TransferQuestions(connection, goTogether ? questions : [], (replies) =>
    takeAnswers(connection, questions, replies, plan),
  );
  const transfer = new Transfer(connection, plan, together);
  try {
    return await transfer.run(endpoint);
  } catch (error) {
    const isUnanswered = mayBeUnreachable() && isUnreachable(error);
    const isGone = isAhead && !transfer.hasBegun && error instanceof ClientError && error.code === 'data-connection';
    if (!isUnanswered && !isGone) throw error;
    // No byte has moved, so that the next attempt is a first one.
    if (isAhead) quirks.withoutPassiveAhead = true;
    // Firewalls that watch for PASV open no port for EPSV.
    else quirks.withoutExtendedPassive = true;
    if (!connection.isUsable) throw error;
  }
  return await attempt(connection, plan);
}

function typeOf({ type }: TransferPlan): 'I' | 'A' {
  return type === 'binary' ? 'I' : 'A';
}

function questionsOf(connection: ControlConnection, plan: TransferPlan): readonly Command[] {
  const { questions = [] } = plan;
  const wanted = typeOf(plan);
  if (connection.type === wanted) return questions;
  // Whoever leaves before the answer does not know.
  connection.type = undefined;
  return [['TYPE', wanted], ...questions];
}

/** Where the port is not known yet, it is asked for together with the rest. Gives what came of that. */
async function askBefore(
  connection: ControlConnection,
  questions: readonly Command[],
  plan: TransferPlan,
): Promise<Reply | undefined> {
  if (questions.length === 0) return undefined;
  const isPortAsked = canAskAhead(connection) && !connection.passiveAhead.isThere;
  const replies = await connection.requestAll([...questions, ...(isPortAsked ? [EPSV] : [])], { signal: plan.signal });
  takeAnswers(connection, questions, replies, plan);
  return isPortAsked ? replies.at(-1) : undefined;
}

/** @throws ClientError where the transfer is not to be */
function takeAnswers(
  connection: ControlConnection,
  questions: readonly Command[],
  replies: readonly Reply[],
  plan: TransferPlan,
): void {
  const [first] = questions;
  const [reply] = replies;
  const isTyped = first?.[0] === 'TYPE' && reply !== undefined;
  if (isTyped) {
    if (reply.code >= 300) throw connection.refusal(reply, 'command', first.join(' '));
    connection.type = typeOf(plan);
  }
  plan.onAnswers?.(isTyped ? replies.slice(1) : replies);
}

async function restartAt(
  connection: ControlConnection,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const command = `REST ${offset}`;
  const accept = (code: number): boolean => code >= 300 && code !== 421;
  let reply: Reply | undefined;
  try {
    reply = await connection.request('REST', String(offset), { signal, accept });
  } finally {
    // An offset that may be set, and that no transfer uses, would be that of the next one.
    if (!reply) connection.destroy();
  }
  if (reply.code === 350) return;
  throw replyError(reply, 'command', command, reply.code < 400 ? 'unsupported' : undefined);
}
