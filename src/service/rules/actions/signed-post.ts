import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { type IncomingMessage, request as requestInClear } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { type ToldEvent, webhookMessage, webhookSecret } from '../../../operations/index.ts';
import { readAuthority } from '../../certificate/index.ts';
import type { WebhookSettings } from '../../configuration/index.ts';
import { readNamedFile } from '../../named-file.ts';
import { StartError } from '../../start-error.ts';
import { systemCode } from '../../system-error.ts';

/** What a receiver answered. */
export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** As much of it as was asked for, as it came. */
  readonly beginning: Buffer;
}

/** Sends an event. @throws what kept it from being answered */
export type SignedPost = (
  event: ToldEvent,
  options: { readonly signal: AbortSignal; readonly maxAnswerBytes: number },
) => Promise<PostAnswer>;

/**
 * What sends events to a URL of the configuration (Standard Webhooks). No part of the URL comes from a client, and an answer
 * that leads elsewhere is not followed: nobody but the operator says where this server connects to.
 * @param by the rule or gate that sends
 * @throws StartError, CertificateError where its files can't be read
 */
export async function signedPost(settings: WebhookSettings, by: string): Promise<SignedPost> {
  const secret = await readSecret(settings.secretFile);
  const authorities = await Promise.all(settings.authorities.map(readAuthority));
  return (event, { signal, maxAnswerBytes }) => {
    const { headers, body } = webhookMessage(event, by, secret, Date.now());
    return send(settings.url, { headers, body, authorities, signal, maxAnswerBytes });
  };
}

interface Outgoing {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly authorities: string[];
  readonly signal: AbortSignal;
  readonly maxAnswerBytes: number;
}

async function send(
  url: string,
  { headers, body, authorities, signal, maxAnswerBytes }: Outgoing,
): Promise<PostAnswer> {
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
  return {
    status,
    retryAfter: response.headers['retry-after'],
    beginning: await beginningOf(response, maxAnswerBytes),
  };
}

async function beginningOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]).subarray(0, maxBytes);
    // The rest is not read: leaving the loop ends the connection.
    if (bytes.length === maxBytes) break;
  }
  return bytes;
}

/** Why a post was not answered, in words. */
export function whyUnsent(cause: unknown, timeoutMs: number): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'AbortError' && systemCode(cause) === 'ABORT_ERR') return `no answer within ${timeoutMs} ms`;
  return cause.message || (systemCode(cause) ?? cause.name);
}

async function readSecret(file: string): Promise<Buffer> {
  const text = await readNamedFile(file, 'the configuration names it as secretFile');
  const secret = webhookSecret(text.trim());
  if (secret) return secret;
  const how = 'echo "whsec_$(openssl rand -base64 32)"';
  throw new StartError(
    `${file}: holds no secret of 24 to 64 bytes in base64, with or without whsec_; '${how}' makes one`,
  );
}
