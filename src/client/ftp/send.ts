import { type Reply, toNetworkAscii } from '../../protocol/index.ts';
import type { Command } from '../connection/connection.ts';
import type { SendOutcome, SendPlan } from '../connection/session.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { runTransfer } from '../transfer/run-transfer.ts';
import { entryQuestions } from './entry-questions.ts';
import { questionsAbout } from './look-up.ts';

/** Sends a file, or what follows what stands there: STOR, REST and STOR, or APPE. @throws ClientError */
export async function send(signedIn: SignedIn, plan: SendPlan): Promise<SendOutcome> {
  const { path, type, at, rateLimiter, isPart, onOpening } = plan;
  const { commands, read } = questionsOf(signedIn, plan);
  const { behind, failure } = await runTransfer(signedIn.connection, {
    verb: at === 'end' ? 'APPE' : 'STOR',
    argument: path,
    direction: 'upload',
    type,
    offset: at === 'end' ? 0 : at,
    signal: plan.signal,
    behind: commands,
    mayAskAhead: () => true,
    ...(onOpening && { onOpening }),
    move: async (data, signal, { onSent }) => {
      await data.send(plan.source(), {
        signal,
        onSent,
        ...(isPart && { isPart }),
        ...(rateLimiter && { rateLimiter }),
        ...(type === 'text' && { through: [toNetworkAscii()] }),
      });
    },
  });
  return { told: read(behind), failure };
}

interface Questions {
  readonly commands: readonly Command[];
  readonly read: (replies: readonly Reply[]) => SendOutcome['told'];
}

function questionsOf(signedIn: SignedIn, { question, path }: Pick<SendPlan, 'question' | 'path'>): Questions {
  if (question === 'nothing') return { commands: [], read: () => ({}) };
  if (question === 'size') {
    const { commands, read } = questionsAbout(signedIn.features, path, false);
    return { commands, read: (replies) => ({ size: read(replies).size }) };
  }
  const { commands, read } = entryQuestions(signedIn, path);
  return { commands, read: (replies) => ({ entry: read(replies) }) };
}
