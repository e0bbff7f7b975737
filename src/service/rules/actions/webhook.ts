import { printable } from '../../../core/index.ts';
import type { WebhookSettings } from '../../configuration/index.ts';
import { type Action, ActionError } from './action.ts';
import { type PostAnswer, signedPost, whyUnsent } from './signed-post.ts';

/** Of an answer that says why it refuses, for operators. */
const MAX_SHOWN_BYTES = 200;

/**
 * Sends events to a URL of the configuration (Standard Webhooks). Of an answer nothing is used but its status, `Retry-After`,
 * and its beginning for operators.
 * @throws StartError, CertificateError where its files can't be read
 */
export async function webhookAction(settings: WebhookSettings, rule: string): Promise<Action> {
  const post = await signedPost(settings, rule);
  return {
    kind: 'webhook',
    async perform(event, { signal }) {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(settings.timeout)]);
      const answer = await post(event, { signal: bounded, maxAnswerBytes: MAX_SHOWN_BYTES }).catch((cause: unknown) => {
        throw new ActionError(whyUnsent(cause, settings.timeout), { cause });
      });
      return { detail: judged(answer) };
    },
  };
}

function judged({ status, retryAfter, beginning: bytes }: PostAnswer): string {
  const beginning = printable(bytes.toString());
  if (status >= 200 && status < 300) return `answered ${status}`;
  if (status >= 300 && status < 400) {
    throw new ActionError(`answered ${status}, which leads elsewhere, and redirects are not followed`);
  }
  const message = `answered ${status}${beginning === '' ? '' : `: ${beginning}`}`;
  // RFC 9110 section 15.5.11: it is gone for good.
  throw new ActionError(message, { isFinal: status === 410, retryAfterMs: pauseIn(retryAfter) });
}

/** RFC 9110 section 10.2.3. */
function pauseIn(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return ms > 0 ? ms : undefined;
}
