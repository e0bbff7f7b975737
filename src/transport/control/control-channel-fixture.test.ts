/** A control channel and its client, for the tests of the control channel. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { after } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Limits, limitsWith } from '../../core/index.ts';
import { testCertificate } from '../../testing/certificates.ts';
import { tcpPair } from '../tcp-pair.ts';
import { createTlsIdentity } from '../tls/tls-identity.ts';
import { ControlChannel } from './control-channel.ts';

export const certificate = await testCertificate(['localhost']);
export const versions = ['TLSv1.2', 'TLSv1.3'] as const;

/** What comes, to be waited for. */
export class Inbox {
  readonly #items: string[] = [];
  #wake = (): void => undefined;

  get all(): readonly string[] {
    return this.#items;
  }

  readonly add = (item: Buffer | string): void => {
    this.#items.push(item.toString());
    this.#wake();
  };

  /** Resolves when `item` is among what came. */
  async has(item: string): Promise<void> {
    while (!this.#items.includes(item)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Sends every byte in a segment of its own. */
export class Trickle extends Duplex {
  readonly #tcp: Socket;

  constructor(tcp: Socket) {
    super();
    this.#tcp = tcp;
    tcp.on('data', (chunk) => this.push(chunk)).on('close', () => this.destroy());
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (const byte of chunk) this.#tcp.write(Buffer.of(byte));
    done();
  }
}

interface Setup {
  readonly channel: ControlChannel;
  readonly client: Socket;
  /** The lines that the channel delivered, and `(end)`. */
  readonly lines: Inbox;
  readonly secured: () => Promise<unknown>;
}

/** A channel that starts TLS on AUTH and sends every other line back. */
export async function setup(limits: Partial<Limits> = {}): Promise<Setup> {
  const [accepted, client] = await tcpPair();
  const channel = new ControlChannel(accepted, limitsWith(limits));
  const tls = createTlsIdentity({ certificates: [certificate] }, limitsWith(limits)).forConnection();
  const lines = new Inbox();
  let securing: Promise<unknown> = Promise.resolve();
  client.on('error', () => undefined);
  after(async () => {
    client.destroy();
    await channel[Symbol.asyncDispose]();
  });
  channel.listen({
    onLine(line) {
      lines.add(line);
      const text = line.toString();
      if (text === 'AUTH TLS') securing = channel.secure(tls, Buffer.from('234 go\r\n')).catch((error) => error);
      else securing = channel.send(Buffer.from(`200 ${text}\r\n`));
    },
    onEnd: () => lines.add('(end)'),
  });
  return { channel, client, lines, secured: () => securing };
}

export async function replyOn(stream: Duplex): Promise<string> {
  const [bytes] = (await once(stream, 'data')) as [Buffer];
  return bytes.toString();
}

/** AUTH on a client. */
export async function startTls(client: Socket, options: ConnectionOptions = {}): Promise<TLSSocket> {
  client.write('AUTH TLS\r\n');
  assert.equal(await replyOn(client), '234 go\r\n');
  const tls = connect({ socket: client, rejectUnauthorized: false, ...options });
  tls.on('error', () => undefined);
  await once(tls, 'secureConnect');
  return tls;
}

export async function ask(stream: Duplex, line: string): Promise<string> {
  stream.write(`${line}\r\n`);
  return replyOn(stream);
}
