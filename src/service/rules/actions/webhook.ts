import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestInClear } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { printable } from '../../../core/index.ts';
import { webhookMessage, webhookSecret } from '../../../operations/index.ts';
import { readAuthority } from '../../certificate/index.ts';
import type { WebhookSettings } from '../../configuration/index.ts';
import { StartError } from '../../start-error.ts';
import { systemCode } from '../../system-error.ts';
import { type Action, ActionError } from './action.ts';

/** Of an answer that says why it refuses, for operators. */
const MAX_SHOWN_BYTES = 200;

/**
 * Sends events to a URL of the configuration (Standard Webhooks). No part of the URL comes from a client, and an answer that
 * leads elsewhere is a failure: nobody but the operator says where this server connects to. Of an answer nothing is used but
 * its status, `Retry-After`, and its beginning for operators.
 * @throws StartError, CertificateError where its files can't be read
 */
export async function webhookAction(settings: WebhookSettings, rule: string): Promise<Action> {
  const secret = await readSecret(settings.secretFile);
  const authorities = await Promise.all(settings.authorities.map(readAuthority));
  return {
    kind: 'webhook',
    async perform(event, signal) {
      const { headers, body } = webhookMessage(event, rule, secret, Date.now());
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(settings.timeout)]);
      const outgoing = { headers, body, authorities, signal: bounded };
      const answer = await send(settings.url, outgoing).catch((cause: unknown) => {
        throw new ActionError(whyUnsent(cause, settings.timeout), { cause });
      });
      return judged(answer);
    },
  };
}

interface Outgoing {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly authorities: string[];
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly beginning: string;
}

async function send(url: string, { headers, body, authorities, signal }: Outgoing): Promise<Answer> {
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'Lockport' },
    signal,
  };
  const trust = authorities.length > 0 ? { ca: authorities } : {};
  const request = url.startsWith('https:')
    ? requestOverTls(url, { ...options, ...trust, minVersion: 'TLSv1.2' })
    : requestInClear(url, options);
  request.end(body);
  // An error before the answer rejects here; one behind it is told by the answer, too.
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  request.on('error', () => undefined);
  const { statusCode: status = 0 } = response;
  return { status, retryAfter: response.headers['retry-after'], beginning: await beginningOf(response) };
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]).subarray(0, MAX_SHOWN_BYTES);
    // The rest is not read: leaving the loop ends the connection.
    if (bytes.length === MAX_SHOWN_BYTES) break;
  }
  return printable(bytes.toString());
}

function judged({ status, retryAfter, beginning }: Answer): string {
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

function whyUnsent(cause: unknown, timeoutMs: number): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'AbortError' && systemCode(cause) === 'ABORT_ERR') return `no answer within ${timeoutMs} ms`;
  return cause.message || (systemCode(cause) ?? cause.name);
}

async function readSecret(file: string): Promise<Buffer> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const why = systemCode(cause) ?? String(cause);
    throw new StartError(`${file}: can't be read (${why}), and a rule names it as secretFile`, { cause });
  });
  const secret = webhookSecret(text.trim());
  if (secret) return secret;
  const how = 'echo "whsec_$(openssl rand -base64 32)"';
  throw new StartError(
    `${file}: holds no secret of 24 to 64 bytes in base64, with or without whsec_; '${how}' makes one`,
  );
}
