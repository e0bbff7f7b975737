import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsFacts } from '../core/index.ts';
import { peerOf } from '../transport/index.ts';
import type { WebSettings } from './options.ts';

/** Who sends a request. */
export interface WebSender {
  /** The id of the connection. */
  readonly connection: string;
  readonly address: string;
  readonly port: number;
  readonly tls: TlsFacts | undefined;
}

export type Serve = (request: IncomingMessage, response: ServerResponse, sender: WebSender) => Promise<void>;

interface Open {
  readonly sender: WebSender;
  /** The head of a request has to be there by then. */
  deadline: NodeJS.Timeout;
  isBusy: boolean;
}

/**
 * Speaks HTTP on connections that were accepted elsewhere, so that Node's own watch over slow heads, which belongs to a listener, does
 * not run: each connection has its deadline here.
 */
export class Connections implements Disposable {
  readonly #settings: () => WebSettings;
  readonly #serve: Serve;
  readonly #server: Server;
  readonly #open = new Map<Duplex, Open>();
  #isClosing = false;

  constructor(settings: () => WebSettings, serve: Serve) {
    const { limits } = settings();
    this.#settings = settings;
    this.#serve = serve;
    this.#server = createServer({
      maxHeaderSize: limits.maxWebHeaderBytes,
      insecureHTTPParser: false,
      requireHostHeader: true,
      keepAliveTimeout: limits.webRequestMs,
    });
    this.#server.maxRequestsPerSocket = limits.maxWebRequestsPerConnection;
    this.#server.timeout = 0;
    this.#server.on('request', (request, response) => this.#take(request, response));
    for (const name of ['upgrade', 'connect'] as const) {
      this.#server.on(name, (_request: IncomingMessage, stream: Duplex) => stream.destroy());
    }
  }

  get size(): number {
    return this.#open.size;
  }

  /** Resolves when the connection has ended. */
  async receive(connection: string, socket: Socket): Promise<void> {
    const settings = this.#settings();
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    try {
      const secured = await settings.tls?.secure(socket);
      const stream: Duplex = secured?.stream ?? socket;
      stream.on('error', () => undefined);
      const sender = { connection, ...peerOf(socket), tls: secured?.facts };
      this.#begin(stream, sender, settings.limits.webRequestMs);
    } catch {
      // Browsers that do not trust a certificate, and whoever looks which ports are open, come here.
      socket.destroy();
    }
    await ended;
  }

  /** Ends those that wait for a request, and the others when they have their answer. */
  close(): void {
    this.#isClosing = true;
    for (const [stream, { isBusy }] of this.#open) if (!isBusy) stream.destroy();
  }

  [Symbol.dispose](): void {
    this.#isClosing = true;
    for (const [stream] of this.#open) stream.destroy();
  }

  #begin(stream: Duplex, sender: WebSender, withinMs: number): void {
    if (this.#isClosing || stream.destroyed) {
      stream.destroy();
      return;
    }
    const open = { sender, deadline: setTimeout(() => stream.destroy(), withinMs), isBusy: false };
    this.#open.set(stream, open);
    stream.once('close', () => {
      clearTimeout(open.deadline);
      this.#open.delete(stream);
    });
    this.#server.emit('connection', stream);
    // The acceptor gives it without having read from it.
    stream.resume();
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const stream = request.socket;
    const open = this.#open.get(stream);
    // No browser sends a request before it has the answer to the one before.
    if (!open || open.isBusy) {
      stream.destroy();
      return;
    }
    open.isBusy = true;
    clearTimeout(open.deadline);
    const { limits } = this.#settings();
    response.once('close', () => {
      open.isBusy = false;
      if (this.#isClosing) stream.destroy();
      if (stream.destroyed) return;
      // Idle, and then the next head.
      open.deadline = setTimeout(() => stream.destroy(), 2 * limits.webRequestMs);
    });
    this.#serve(request, response, open.sender).catch(() => stream.destroy());
  }
}
