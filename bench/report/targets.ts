/** A figure that Lockport is to reach. */
export interface Target {
  readonly scenario: string;
  /** As the scenario calls it. */
  readonly metric: string;
  /** The subject that has to reach it. */
  readonly ours: string;
  /** Compared with the best of these; `all`: of all rivals; without it the figure itself counts, in its own unit. */
  readonly rivals?: readonly string[] | 'all';
  /** Of the ratio to the best rival, or of the figure itself. */
  readonly wanted: { readonly atMost: number } | { readonly atLeast: number };
}

const server = 'Lockport';
const fast = 'Lockport (fast)';
const library = 'Lockport library';
/** The rivals whose hash of a password costs what ours does. */
const strongHashes = ['vsftpd (system account)', 'proftpd', 'pure-ftpd'].map((name) => `${name}, strong hash`);

/** What was set out for, before anything was measured. The report says of each whether it was reached. */
export const targets: readonly Target[] = [
  { scenario: 'download', metric: 'server CPU down', ours: server, rivals: ['vsftpd'], wanted: { atMost: 0.6 } },
  { scenario: 'download', metric: 'server CPU down', ours: server, rivals: ['pure-ftpd'], wanted: { atMost: 0.7 } },
  {
    scenario: 'download',
    metric: 'throughput down',
    ours: server,
    rivals: ['vsftpd', 'pure-ftpd'],
    wanted: { atLeast: 1 },
  },
  { scenario: 'upload', metric: 'server CPU up', ours: fast, rivals: 'all', wanted: { atMost: 0.8 } },
  { scenario: 'upload', metric: 'throughput up', ours: fast, rivals: 'all', wanted: { atLeast: 1 } },
  { scenario: 'small-files', metric: 'server CPU down', ours: server, rivals: 'all', wanted: { atMost: 0.5 } },
  { scenario: 'small-files', metric: 'server CPU up', ours: fast, rivals: 'all', wanted: { atMost: 0.5 } },
  ...[server, 'Lockport (first logins)'].map(
    (ours): Target => ({ scenario: 'logins', metric: 'rate', ours, rivals: strongHashes, wanted: { atLeast: 3 } }),
  ),
  { scenario: 'idle-sessions', metric: 'memory', ours: server, wanted: { atMost: 100 } },
  { scenario: 'ten-thousand', metric: 'a new login', ours: server, wanted: { atMost: 1000 } },
  ...['MLSD', 'LIST'].flatMap((command): readonly Target[] => [
    { scenario: 'listing', metric: `${command}: first entry`, ours: server, wanted: { atMost: 20 } },
    { scenario: 'listing', metric: `${command}: peak memory`, ours: server, wanted: { atMost: 32 } },
    { scenario: 'listing', metric: `${command}: all entries`, ours: server, rivals: 'all', wanted: { atMost: 1 } },
  ]),
  ...['vsftpd', 'Lockport'].flatMap((at): readonly Target[] => [
    ...['client-small-files-down', 'client-small-files-up', 'client-one-connection'].map(
      (scenario): Target => ({
        scenario,
        metric: `rate with ${at}`,
        ours: library,
        rivals: ['lftp', 'basic-ftp'],
        wanted: { atLeast: 5 },
      }),
    ),
    ...['client-download', 'client-upload'].flatMap((scenario): readonly Target[] => [
      { scenario, metric: `throughput with ${at}`, ours: library, rivals: ['curl'], wanted: { atLeast: 1 } },
      { scenario, metric: `client CPU with ${at}`, ours: library, rivals: ['curl'], wanted: { atMost: 1 } },
    ]),
  ]),
];
