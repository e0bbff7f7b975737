import { background } from '../../core/index.ts';
import { fromNetworkAscii, parseAnnouncedSize } from '../../protocol/index.ts';
import type { ReceivePlan } from '../connection/session.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { throwUnlessWhole } from '../transfer/data-ending.ts';
import { runTransfer } from '../transfer/run-transfer.ts';
import { questionsAbout } from './look-up.ts';

/** Receives a file, or a range of it: RETR, with what is asked about the file before it. @throws ClientError */
export async function receive({ connection, features }: SignedIn, plan: ReceivePlan): Promise<void> {
  const { path, type, question, rateLimiter } = plan;
  const asked = question && questionsAbout(features, path, question.isTimeWanted);
  await runTransfer(connection, {
    verb: 'RETR',
    argument: path,
    direction: 'download',
    type,
    offset: plan.offset,
    signal: plan.signal,
    ...(asked && { questions: asked.commands, onAnswers: (replies) => question?.take(asked.read(replies)) }),
    mayAskAhead: plan.isShort,
    async move(data, signal, { opening, endsFirst }) {
      const sink = plan.begin(opening && parseAnnouncedSize(opening, path));
      background(
        sink.full.then(() => data.abort()),
        () => undefined,
      );
      try {
        const { ending } = await data.receive(sink, {
          signal,
          endsFirst,
          ...(rateLimiter && { rateLimiter }),
          ...(type === 'text' && { through: [fromNetworkAscii()] }),
        });
        throwUnlessWhole(ending, connection.settings.endOfStream);
      } finally {
        plan.onMoved(data.bytes);
      }
    },
  });
}
