import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Dial } from '../transport/index.ts';
import { tcpPair } from '../transport/tcp-pair.ts';

/**
 * A line with a distance and without a clock. What either side sends is held until both sides have nothing more to do,
 * and then arrives all at once: that is half a round trip. A connection is there a whole one behind its dialling.
 */
export class LockstepLink implements AsyncDisposable {
  #halves = 0;
  #held: (() => void)[] = [];
  #isOver = false;
  readonly #running: Promise<void>;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#running = this.#run();
  }

  /** Since the link was made. */
  get roundTrips(): number {
    return this.#halves / 2;
  }

  readonly dial: Dial = async ({ host, port }) => {
    await this.#half();
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true });
    await once(far, 'connect');
    await this.#half();
    const [near, middle] = await tcpPair();
    this.#join(middle, far);
    this.#join(far, middle);
    return near;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
    await this.#running;
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('error', () => undefined);
    from.on('data', (bytes: Buffer) => this.#held.push(() => to.write(bytes)));
    from.on('end', () => this.#held.push(() => to.end()));
    from.on('close', (isBroken) => {
      if (isBroken) this.#held.push(() => to.resetAndDestroy());
    });
  }

  #half(): Promise<void> {
    return new Promise((resolve) => this.#held.push(resolve));
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#quiet();
      const arriving = this.#held;
      if (arriving.length === 0) continue;
      this.#held = [];
      this.#halves += 1;
      for (const arrive of arriving) arrive();
    }
  }

  /** Both sides run in this process, and on loopback what is sent is there in the next turn. */
  async #quiet(): Promise<void> {
    let seen = this.#held.length;
    for (let turns = 0; turns < quietTurns && !this.#isOver; turns += 1) {
      await turn();
      if (this.#held.length === seen) continue;
      seen = this.#held.length;
      turns = 0;
    }
  }
}

const quietTurns = 50;

/** Does it, and gives the round trips that it took. */
export async function roundTripsOf(link: LockstepLink, work: () => Promise<unknown>): Promise<number> {
  const before = link.roundTrips;
  await work();
  return link.roundTrips - before;
}
