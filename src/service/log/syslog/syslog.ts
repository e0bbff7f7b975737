import { hostname } from 'node:os';
import process from 'node:process';
import type { ConnectionOptions } from 'node:tls';
import { type EventSink, publisher } from '../../../core/index.ts';
import { readAuthority, readCertificate } from '../../certificate/index.ts';
import type { Configuration, SyslogSettings } from '../../configuration/index.ts';
import { LogQueue, type QueueState } from '../log-queue.ts';
import { loggedEvents } from '../logged-events.ts';
import { DatagramSender } from './datagram-sender.ts';
import { syslogMessage } from './message.ts';
import { StreamSender } from './stream-sender.ts';

/** Until messages that the server does not take are left behind. */
const END_MS = 2_000;
/** Between attempts at a server that is away, at most. */
const LONGEST_PAUSE_MS = 30_000;
/** RFC 5425 section 4.1, RFC 6587 and RFC 5426. */
const PORTS: { readonly [protocol in SyslogSettings['protocol']]: number } = {
  tls: 6514,
  'tcp-in-clear': 514,
  'udp-in-clear': 514,
};

/** A log on a syslog server. Disposing it waits for a moment until what was logged is sent. */
export interface Syslog extends AsyncDisposable {
  readonly sink: EventSink;
  readonly state: QueueState;
}

interface Output extends AsyncDisposable {
  readonly state: QueueState;
  write(message: Buffer): void;
}

/**
 * Sends the log to a syslog server. Nothing that the server does reaches whoever logs: what finds no room in the queue is
 * dropped and counted. @throws CertificateError
 */
export async function openSyslog({ syslog, logLevel, limits }: Configuration): Promise<Syslog> {
  const sender = { facility: syslog.facility, hostname: hostname(), processId: process.pid };
  const tell = publisher((event) => output.write(syslogMessage(event, sender)));
  const warn = (message: string) => tell({ event: 'warning', message });
  const output = await open(syslog, limits.maxSyslogQueueBytes, (lost) =>
    warn(`${lost} lines of the log are missing here: the syslog server did not take them in time`),
  );
  return {
    sink: loggedEvents({
      level: logLevel,
      maxStrangerLines: limits.maxStrangerLogLines,
      write: (event) => output.write(syslogMessage(event, sender)),
      tell: warn,
    }),
    get state() {
      return output.state;
    },
    [Symbol.asyncDispose]: () => output[Symbol.asyncDispose](),
  };
}

async function open(settings: SyslogSettings, maxBytes: number, onLost: (lines: number) => void): Promise<Output> {
  const { address: host, protocol, port = PORTS[protocol] } = settings;
  if (protocol === 'udp-in-clear') return new DatagramSender(host, port, maxBytes);
  const tls = protocol === 'tls' ? () => readTls(settings) : undefined;
  // What is wrong with the files is told at the start, and not only in a log that does not arrive.
  await tls?.();
  const sender = new StreamSender({ host, port, tls });
  const queue = new LogQueue(sender.write, { maxWaitingBytes: maxBytes, longestPauseMs: LONGEST_PAUSE_MS });
  queue.onRecovery(({ lines }) => onLost(lines));
  return {
    get state() {
      return queue.state;
    },
    write: (message) => queue.write(framed(message), 1),
    async [Symbol.asyncDispose]() {
      await queue.end(END_MS);
      sender[Symbol.dispose]();
    },
  };
}

/** Octet counting (RFC 5425 section 4.3, RFC 6587 section 3.4.1): no byte of a message can end it. */
function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message]);
}

async function readTls({ tls }: SyslogSettings): Promise<ConnectionOptions> {
  const authorities = await Promise.all(tls.authorities.map(readAuthority));
  const own =
    tls.certificate !== undefined && tls.key !== undefined
      ? await readCertificate({ certificate: tls.certificate, key: tls.key })
      : undefined;
  return {
    minVersion: 'TLSv1.2',
    ...(authorities.length > 0 && { ca: authorities }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    ...(own && { cert: own.certificate, key: own.key }),
  };
}
