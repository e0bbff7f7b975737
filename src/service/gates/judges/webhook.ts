import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { printable } from '../../../core/index.ts';
import type { WebhookSettings } from '../../configuration/index.ts';
import { signedPost, whyUnsent } from '../../rules/index.ts';
import { type Judge, JudgeError, type JudgeVerdict } from '../judge.ts';

const MAX_ANSWER_BYTES = 4096;

const ANSWER = z.object({
  verdict: z.enum(['accept', 'refuse', 'quarantine']),
  text: z.string().default(''),
});

/**
 * Asks a receiver of webhooks, which gets what is known of the file with its SHA-256, and no content. It answers in JSON.
 * @throws StartError, CertificateError where its files can't be read
 */
export async function webhookJudge(settings: WebhookSettings, gate: string): Promise<Judge> {
  const post = await signedPost(settings, gate);
  return {
    async judge({ about, read }, signal) {
      const hash = createHash('sha256');
      await pipeline(read(), hash, { signal });
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(settings.timeout)]);
      const told = { ...about, sha256: hash.digest('hex') };
      const { status, beginning } = await post(told, { signal: bounded, maxAnswerBytes: MAX_ANSWER_BYTES }).catch(
        (cause: unknown) => {
          if (signal.aborted) throw signal.reason;
          throw new JudgeError(`the webhook can't be asked: ${whyUnsent(cause, settings.timeout)}`, { cause });
        },
      );
      if (status === 200) return verdictOf(beginning.toString());
      throw new JudgeError(`the webhook answered ${status}: ${printable(beginning.toString('utf8', 0, 200))}`);
    },
  };
}

/** @throws JudgeError for what is no answer: nothing is taken for a yes but a yes */
function verdictOf(answer: string): JudgeVerdict {
  try {
    const { verdict, text } = ANSWER.parse(JSON.parse(answer));
    return verdict === 'accept' ? { verdict } : { verdict, reason: text };
  } catch (cause) {
    throw new JudgeError(`the webhook answered what is no verdict: ${printable(answer.slice(0, 200))}`, { cause });
  }
}
