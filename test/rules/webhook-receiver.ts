import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { background } from '../../src/core/index.ts';
import type { TestCertificate } from '../../src/testing/certificates.ts';

/** An event as a receiver gets it. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How a receiver answers: a status, or all of it. */
export type Answer = (received: Received, response: ServerResponse) => number | undefined;

/** A receiver of webhooks on loopback, which verifies each signature as the standard's own library does. It ends with the test. */
export class WebhookReceiver {
  readonly url: string;
  readonly secretFile: string;
  /** All that came, each attempt for itself, in its order. */
  readonly received: Received[] = [];
  /** Requests whose signature did not fit. */
  forged = 0;
  #look: () => void = () => undefined;

  private constructor(url: string, secretFile: string) {
    this.url = url;
    this.secretFile = secretFile;
  }

  static async start(
    context: TestContext,
    directory: string,
    { answer = () => 204, tls }: { readonly answer?: Answer; readonly tls?: TestCertificate } = {},
  ): Promise<WebhookReceiver> {
    const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
    const secretFile = join(directory, 'secret');
    await writeFile(secretFile, `${secret}\n`);
    const take = async (request: IncomingMessage, response: ServerResponse) => {
      const received = receiver.#take(await text(request), request, secret);
      const status = received ? answer(received, response) : 400;
      if (status !== undefined) response.writeHead(status).end();
    };
    const onRequest = (request: IncomingMessage, response: ServerResponse) =>
      background(take(request, response), () => response.destroy());
    const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, onRequest) : createServer(onRequest);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.after(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const receiver = new WebhookReceiver(`${tls ? 'https' : 'http'}://127.0.0.1:${port}/hook`, secretFile);
    return receiver;
  }

  /** Resolves once that holds of what has come. */
  async until(holds: (received: readonly Received[]) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#look = () => holds(this.received) && resolve();
    this.#look();
    await promise;
  }

  #take(body: string, { headers }: IncomingMessage, secret: string): Received | undefined {
    try {
      const { type, data } = new Webhook(secret).verify(body, headers as Record<string, string>) as Received;
      const received = { id: String(headers['webhook-id']), type, data };
      this.received.push(received);
      this.#look();
      return received;
    } catch {
      this.forged += 1;
      return undefined;
    }
  }
}
