import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import type { ToldEvent } from './rule-event.ts';

/** What is sent to a webhook. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PREFIX = 'whsec_';
/** What Standard Webhooks asks of a secret. */
const SECRET_BYTES = { least: 24, most: 64 };

/** The bytes of a secret as Standard Webhooks writes it: base64, with or without `whsec_`; undefined where it is none. */
export function webhookSecret(text: string): Buffer | undefined {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length >= SECRET_BYTES.least && bytes.length <= SECRET_BYTES.most ? bytes : undefined;
}

/**
 * The message of an event (Standard Webhooks 1.0). The id is the same at each attempt; timestamp and signature are of this one.
 * @param now in ms since 1970
 */
export function webhookMessage(event: ToldEvent, rule: string, secret: Buffer, now: number): WebhookMessage {
  const { id, kind, at, ...data } = event;
  const body = JSON.stringify({ type: `lockport.${kind}`, timestamp: at, data: { rule, ...data } });
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    body,
  };
}
