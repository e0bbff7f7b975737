import type { Socket } from 'node:net';
import { background, limitsWith, publisher, type ReceiptIssuer, type ServerEvent } from '../../core/index.ts';
import { EventQueue, ProcessMeter, SessionRecords } from '../../operations/index.ts';
import { TicketKeys } from '../../server/index.ts';
import { PROCESS_MARK } from '../../storage/index.ts';
import { isMonitored } from '../configuration/index.ts';
import { prepareGates } from '../gates/index.ts';
import { SessionHosts } from '../session-hosts.ts';
import { gatekeeperOf } from '../shared.ts';
import { openInWorker } from '../storages.ts';
import type { ForWorker, FromWorker, PrimaryNotes, WorkerProcedures, WorkerState } from './messages.ts';
import { type PortableEvent, portable } from './portable-event.ts';
import { Primary } from './primary.ts';
import { RemoteRecords } from './remote-records.ts';
import { remoteShared } from './remote-shared.ts';
import { type Answer, type Call, type Cancel, RpcServer } from './rpc.ts';

/** The time that the last events get to reach the primary. */
const END_MS = 1000;

export interface WorkerParts {
  /** @param sent called when the message has been written */
  readonly send: (message: FromWorker, sent?: (error: Error | null) => void) => void;
  /** Ends the process. */
  readonly end: (exitCode: number) => Promise<void>;
}

/** The sessions of one worker process. */
export class Worker {
  readonly #parts: WorkerParts;
  readonly #primary: Primary;
  readonly #procedures: RpcServer<WorkerProcedures>;
  #events: EventQueue | undefined;
  #records: RemoteRecords | undefined;
  #meter: ProcessMeter | undefined;
  #host: Promise<SessionHosts> | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#primary = new Primary((message) => parts.send(message));
    this.#procedures = new RpcServer<WorkerProcedures>(
      {
        state: async () => this.#state(),
        sessions: async () => (await this.#host)?.sessions() ?? [],
        endSession: async ({ session, reason, told }) => (await this.#host)?.endSession(session, reason, told) ?? false,
      },
      (answer: Answer) => parts.send(answer),
    );
  }

  receive(message: ForWorker, socket: Socket | undefined): void {
    if ('answer' in message) {
      this.#primary.receive(message);
      return;
    }
    if ('call' in message || 'cancel' in message) {
      background(this.#procedures.receive(message), () => undefined);
      return;
    }
    background(this.#obey(message, socket), (error) => this.#fail(error));
  }

  async #state(): Promise<WorkerState> {
    const { transferCounts: transfers = { upload: 0, download: 0, listing: 0 } } = (await this.#host) ?? {};
    return {
      transfers,
      queuedEvents: this.#events?.length ?? 0,
      ...(this.#meter && { report: this.#meter.report() }),
    };
  }

  /** Messages that arrive before the host exists wait here, in order. */
  async #obey(message: Exclude<ForWorker, Answer | Call | Cancel>, socket: Socket | undefined): Promise<void> {
    if (message.note === 'start') this.#host = this.#start(message.value);
    const host = await this.#host;
    switch (message.note) {
      case 'start':
        break;
      case 'connection': {
        const { session, listener, mode } = message.value;
        this.#primary.tell('taken', { session });
        // The peer has left: its socket has no address, and there is nobody to answer.
        if (socket?.remoteAddress !== undefined) await host?.receive({ session, listener, mode, socket });
        this.#primary.tell('ended', { session });
        break;
      }
      case 'reload':
        host?.reload(message.value.options);
        break;
      case 'records':
        this.#records?.change(message.value);
        break;
      case 'drain':
        await host?.drain();
        await this.#end(0);
        break;
      case 'stop':
        await host?.[Symbol.asyncDispose]();
        await this.#end(0);
        break;
    }
  }

  readonly #receipts: ReceiptIssuer = {
    issue: (request) => this.#primary.call('issueReceipt', request),
  };

  #fail(error: unknown): void {
    this.#primary.tell('failed', { message: error instanceof Error ? error.message : String(error) });
    background(this.#end(1), () => undefined);
  }

  async #end(exitCode: number): Promise<void> {
    await this.#events?.end(END_MS);
    await this.#parts.end(exitCode);
  }

  /** Sends events to the primary, which alone has the log and the other listeners. */
  #send(events: readonly PortableEvent[], lost: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = (error: Error | null) => (error ? reject(error) : resolve());
      this.#parts.send({ note: 'events', value: { events, lost } }, sent);
    });
  }

  async #start({ worker, configuration, options, ...start }: PrimaryNotes['start']): Promise<SessionHosts> {
    const { maxQueuedEvents } = limitsWith(configuration.limits);
    const events = new EventQueue(maxQueuedEvents, (batch, lost) => this.#send(batch.map(portable), lost));
    this.#events = events;
    if (isMonitored(configuration)) this.#meter = new ProcessMeter();
    const wanted = start.wanted && new Set(start.wanted);
    this.#records = start.records.awaited
      ? new RemoteRecords(this.#primary, start.records, () => events.sendAll())
      : undefined;
    const remote = this.#records;
    const records = remote && new SessionRecords(remote, () => remote.awaited);
    const hear = (event: ServerEvent) => {
      const isTaken = (wanted?.has(event.event) ?? true) && events.add(event);
      records?.hear(event, isTaken);
    };
    const publish = publisher(hear, { worker });
    const storages = await openInWorker(configuration, start.storage, publish);
    for (const remote of storages.remotes) remote.begin();
    const gates = await prepareGates({ ...configuration, limits: limitsWith(configuration.limits) }, publish);
    const shared = remoteShared(this.#primary);
    const gatekeeper = gatekeeperOf(shared, storages, gates, publish);
    const receipts = start.records.haveReceipts ? this.#receipts : undefined;
    const ticketKeys = new TicketKeys(start.ticketSecret);
    const hosts = await SessionHosts.open({ options, gatekeeper, shared, publish, records, receipts, ticketKeys });
    this.#primary.tell('ready', { mark: PROCESS_MARK });
    return hosts;
  }
}
