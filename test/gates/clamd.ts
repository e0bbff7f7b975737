import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** What a judge does with the content that it was sent. @param content all that came, before its end where `isWhole` is false */
export type Judging = (socket: Socket, content: Buffer, isWhole: boolean) => void;

/** A program that is asked as clamd is, and answers as the test wants. It ends with the test. */
export class FakeClamd {
  readonly port: number;
  /** The contents that came whole, in their order. */
  readonly asked: string[] = [];
  #look: () => void = () => undefined;

  private constructor(port: number) {
    this.port = port;
  }

  /** @param judge is called with each portion, and at the end @param path of a socket, in place of a port */
  static async start(context: TestContext, judge: Judging, path?: string): Promise<FakeClamd> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      let came = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        came = Buffer.concat([came, chunk]);
        const { content, isWhole } = contentOf(came);
        if (isWhole) fake.#note(content);
        judge(socket, content, isWhole);
      });
    });
    if (path === undefined) server.listen(0, '127.0.0.1');
    else server.listen(path);
    await once(server, 'listening');
    context.after(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    const fake = new FakeClamd(path === undefined ? (server.address() as AddressInfo).port : 0);
    return fake;
  }

  /** Resolves once so many were asked. */
  async until(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#look = () => this.asked.length >= count && resolve();
    this.#look();
    await promise;
  }

  #note(content: Buffer): void {
    this.asked.push(content.toString());
    this.#look();
  }
}

/** Says yes to all but what contains "bad". */
export const honest: Judging = (socket, content, isWhole) => {
  if (isWhole) socket.end(content.includes('bad') ? 'stream: Bad.Thing FOUND\0' : 'stream: OK\0');
};

function contentOf(came: Buffer): { content: Buffer; isWhole: boolean } {
  const parts: Buffer[] = [];
  for (let at = 'zINSTREAM\0'.length; at + 4 <= came.length; ) {
    const length = came.readUInt32BE(at);
    if (length === 0) return { content: Buffer.concat(parts), isWhole: true };
    parts.push(came.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { content: Buffer.concat(parts), isWhole: false };
}
