import { once } from 'node:events';
import type { Socket } from 'node:net';
import { background } from '../../src/core/index.ts';
import { Channel } from './channel.ts';
import { DataPort, type HostileData } from './hostile-data.ts';
import type { HostileState } from './hostile-state.ts';

/** Does what the server does about one command; `session.byDefault` is what a decent server would do. */
export type Step = (session: HostileSession, argument: string) => Promise<void> | void;

/** What is done about each command, by verb; `GREETING` is the first. */
export interface Steps {
  /** In place of the default ones. */
  readonly on: { readonly [verb: string]: Step };
  readonly byDefault: { readonly [verb: string]: Step };
}

/** One control connection: what was said on it, and all the ways to answer. */
export class HostileSession implements AsyncDisposable {
  readonly state: HostileState;
  readonly #steps: Steps;
  readonly #channel: Channel;
  #received = '';
  readonly #dataPorts: DataPort[] = [];
  #turn: Promise<void> = Promise.resolve();

  /** What the client has set. */
  protection: 'C' | 'P' = 'C';
  directory = '/';
  restart = 0;
  renameFrom = '';

  constructor(tcp: Socket, state: HostileState, steps: Steps) {
    this.state = state;
    this.#steps = steps;
    this.#channel = new Channel(tcp);
    this.#channel.onBytes = (bytes) => this.#hear(bytes);
    tcp.on('close', () => this.#closeData());
  }

  get isOpen(): boolean {
    return this.#channel.isOpen;
  }

  /** Begins the conversation. */
  start(): void {
    this.#run(async () => {
      if (this.state.isImplicit) {
        await this.startTls();
        this.protection = 'P';
      }
      await this.#step('GREETING', '');
    });
  }

  /** What the default conversation does at this command. */
  async byDefault(verb: string, argument = ''): Promise<void> {
    const step = this.#steps.byDefault[verb];
    if (!step) return this.reply(`502 ${verb} is not implemented`);
    await step(this, argument);
  }

  /** Sends one line; further lines may be in it. */
  reply(line: string): void {
    this.send(`${line}\r\n`);
  }

  /** Sends bytes as they are; a string stands for one byte a character. */
  send(bytes: Uint8Array | string): void {
    this.#channel.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends bytes in pieces of this size, each a packet of its own. */
  async sendInPieces(bytes: string, size: number): Promise<void> {
    for (let at = 0; at < bytes.length && this.isOpen; at += size) {
      await this.#channel.writeAndWait(Buffer.from(bytes.slice(at, at + size), 'latin1'));
    }
  }

  /** Sends the chunk again and again, as fast as it is taken, until the client has gone. */
  async sendEndlessly(chunk: string): Promise<void> {
    await this.#channel.writeEndlessly(Buffer.from(chunk, 'latin1'));
  }

  /** The handshake; what came before it in clear is kept from what comes after. */
  async startTls(): Promise<void> {
    this.#received = '';
    await this.#channel.secure(this.state.context);
  }

  /** Answers nothing that comes from now on: bytes of a handshake may happen to hold the end of a line. */
  fallSilent(): void {
    this.#channel.onBytes = () => undefined;
  }

  /** Ends the connection as one should. */
  async end(): Promise<void> {
    await this.#channel.end();
  }

  /** Ends TCP, and says nothing in TLS. */
  cut(): void {
    this.#channel.cut();
  }

  reset(): void {
    this.#channel.reset();
  }

  /** Opens a passive port at this address; gives its number. */
  async listen(address = '127.0.0.1'): Promise<number> {
    const dataPort = await DataPort.listen(address);
    if (this.#channel.tcp.destroyed) {
      dataPort.close();
      throw new Error('The client left before there was a port');
    }
    this.#dataPorts.push(dataPort);
    return dataPort.port;
  }

  /** The data connection to the port that was opened last, once it is there and in TLS, where that is asked for. */
  async openData(): Promise<HostileData> {
    const dataPort = this.#dataPorts.at(-1);
    if (!dataPort) throw new Error('No passive port');
    return dataPort.accept(this.state, this.protection);
  }

  /** Breaks off the transfer that runs, if there is one; resolves when it has been answered. */
  async abortData(): Promise<void> {
    this.#closeData();
    await this.#turn;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel.destroy();
    if (!this.#channel.tcp.closed) await once(this.#channel.tcp, 'close');
  }

  #hear(bytes: Buffer): void {
    this.#received += bytes.toString('utf8');
    for (let end = this.#received.indexOf('\r\n'); end >= 0; end = this.#received.indexOf('\r\n')) {
      const line = this.#received.slice(0, end);
      this.#received = this.#received.slice(end + 2);
      const verb = (line.split(' ', 1)[0] ?? '').toUpperCase();
      this.state.heard.push({ channel: this.#channel.isSecure ? 'tls' : 'clear', verb, line });
      const step = () => this.#step(verb, line.slice(verb.length + 1));
      // The one command that must not wait for the end of a transfer.
      if (verb === 'ABOR') background(step(), (error) => this.#fail(error));
      else this.#run(step);
    }
  }

  #run(step: () => Promise<void>): void {
    this.#turn = this.#turn.then(step).catch((error: unknown) => this.#fail(error));
  }

  async #step(verb: string, argument: string): Promise<void> {
    const { on } = this.#steps;
    const step = Object.hasOwn(on, verb) ? on[verb] : undefined;
    if (step) await step(this, argument);
    else await this.byDefault(verb, argument);
  }

  /** A client that has gone makes steps fail, and nobody need know. */
  #fail(error: unknown): void {
    if (!this.isOpen) return;
    this.state.failures.push(error);
    this.reply('426 That did not work');
  }

  #closeData(): void {
    for (const dataPort of this.#dataPorts.splice(0)) dataPort.close();
  }
}
