import type { Database } from '../database/index.ts';
import { type EventStream, SessionSpans, TRACED_EVENTS } from '../operations/index.ts';
import type { Configuration } from './configuration/index.ts';
import { eventsLoggedAt, openSyslog } from './log/index.ts';
import {
  ACTIVITY_EVENTS,
  FAILURE_EVENTS,
  RecentActivity,
  RecentFailures,
  RecentThroughput,
  RecentWarnings,
} from './operators/index.ts';
import { recordBans, recordLogins, warnOfOldPasswords } from './records.ts';
import type { Resources } from './resources.ts';
import { loadTracing } from './tracing.ts';

interface Surroundings {
  readonly database: Database;
  /** The configuration in force. */
  readonly running: () => Configuration;
  readonly resources: Resources;
}

/** Has events heard by what needs nothing of the service but its data: syslog, spans, the database, and what operators ask for. */
export async function openEventListeners(
  configuration: Configuration,
  events: EventStream,
  { database, running, resources }: Surroundings,
) {
  const { publish: log } = events;
  const warnings = new RecentWarnings();
  const throughput = new RecentThroughput();
  const activity = new RecentActivity();
  const failures = new RecentFailures(() => running().limits.maxFailureNetworks);
  events.listen(warnings.hear, ['warning']);
  events.listen(throughput.hear, ['transfer.finished']);
  events.listen(activity.hear, ACTIVITY_EVENTS);
  events.listen(failures.hear, FAILURE_EVENTS);
  events.listen(recordLogins(database.accounts, log), ['login.succeeded']);
  events.listen(
    warnOfOldPasswords(database.accounts, () => running().passwords, log),
    ['login.succeeded'],
  );
  events.listen(recordBans(database.bans, log), ['address.banned']);
  const syslog = configuration.syslog.enabled ? resources.hold(await openSyslog(configuration)) : undefined;
  if (syslog) events.listen(syslog.sink, eventsLoggedAt(configuration.logLevel));
  if (configuration.tracing.enabled) {
    const spans = resources.hold(new SessionSpans(await loadTracing(log), configuration.limits.maxTracedSessions));
    events.listen(spans.hear, TRACED_EVENTS);
  }
  return { warnings, throughput, activity, failures, syslog };
}
