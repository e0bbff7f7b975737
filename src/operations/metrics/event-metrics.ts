import type { ListenerMode, Protocol, ServerEvent, TlsFacts } from '../../core/index.ts';
import type { EventName } from '../event-stream.ts';
import { type KnownLabels, Series, type SeriesValue } from './series.ts';
import { EVENT_METRICS, type EventMetric } from './table.ts';

type EventOf<Name extends EventName> = Extract<ServerEvent, { readonly event: Name }>;
type Count = (metric: EventMetric, labels: readonly string[], amount?: number) => void;
type Counters = { readonly [Name in EventName]?: (event: EventOf<Name>, count: Count) => void };

/** What each event adds. A command is no event to count: there are too many of them to send them from the workers. */
const COUNTERS: Counters = {
  'session.opened': ({ protocol, mode }, count) => count('sessions', [protocol, mode]),
  'session.closed': ({ protocol, durationMs }, count) => count('sessionDuration', [protocol], durationMs / 1000),
  'session.refused': ({ protocol, code }, count) => count('connectionsRefused', [protocol, code]),
  'session.secured': ({ tls }, count) => countTls('control', tls, count),
  'handshake.failed': ({ code }, count) => count('handshakesFailed', [code]),
  'login.succeeded': ({ protocol, method }, count) => count('logins', [protocol, method]),
  'login.failed': ({ protocol, method, code }, count) => count('loginsFailed', [protocol, method, code]),
  'address.banned': (_, count) => count('bans', []),
  'command.refused': ({ protocol, reply }, count) => count('commandsRefused', [protocol, String(reply)]),
  'gate.asked'({ protocol, outcome, isAdmitted, durationMs }, count) {
    count('gateQuestions', [protocol, outcome, String(isAdmitted)]);
    count('gateDuration', [protocol], durationMs / 1000);
  },
  'data.refused': ({ protocol, code }, count) => count('dataRefused', [protocol, code]),
  'transfer.finished'({ protocol, direction, outcome, ending, bytes, durationMs, tls }, count) {
    count('transfers', [protocol, direction, outcome]);
    count('transferEndings', [protocol, direction, ending]);
    count('transferBytes', [protocol, direction], bytes);
    count('transferDuration', [protocol, direction], durationMs / 1000);
    if (tls) countTls('data', tls, count);
  },
  'file.changed': ({ protocol, change }, count) => count('changes', [protocol, change]),
  failure: (_, count) => count('failures', []),
  warning: (_, count) => count('warnings', []),
};

/** The kinds of listeners of each front-end. */
const MODES: { readonly [each in Protocol]: readonly ListenerMode[] } = {
  ftp: ['explicit', 'implicit'],
  sftp: ['sftp'],
  web: ['web'],
  api: [],
};

/** The events that are counted. */
export const COUNTED_EVENTS = Object.keys(COUNTERS) as readonly EventName[];

/** Counts events. All its memory is taken at the start. */
export class EventMetrics {
  readonly #series: ReadonlyMap<EventMetric, Series>;

  /** @param protocols those of the front-ends that are in use */
  constructor(protocols: readonly Protocol[]) {
    const known: KnownLabels = { 'front-ends': protocols, modes: protocols.flatMap((protocol) => MODES[protocol]) };
    const names = Object.keys(EVENT_METRICS) as EventMetric[];
    this.#series = new Map(names.map((name) => [name, new Series(EVENT_METRICS[name], known)]));
  }

  readonly hear = (event: ServerEvent): void => {
    // The counter for an event takes that very event, which the type of the table says name by name only.
    const counter = COUNTERS[event.event] as ((event: ServerEvent, count: Count) => void) | undefined;
    counter?.(event, this.#count);
  };

  readings(metric: EventMetric): readonly SeriesValue[] {
    return this.#series.get(metric)?.readings ?? [];
  }

  readonly #count: Count = (metric, labels, amount = 1) => this.#series.get(metric)?.add(amount, labels);
}

function countTls(channel: 'control' | 'data', { version, cipher, resumed }: TlsFacts, count: Count): void {
  count('handshakes', [channel, version, String(resumed)]);
  count('ciphers', [cipher]);
}
