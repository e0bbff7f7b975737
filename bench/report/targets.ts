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
