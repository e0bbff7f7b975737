/** A figure that Lockport is to reach. */
export interface Target {
  readonly scenario: string;
  /** As the scenario calls it. */
  readonly metric: string;
  /** The subject that has to reach it. */
  readonly ours: string;
  /**
   * Compared with the best of these rivals (`all`: of all), with another figure of ours, or with the best of all rivals in any
   * of several metrics; without it the figure itself counts.
   */
  readonly beside?: 'all' | readonly string[] | OwnFigure | RivalFigures;
  /** Of the ratio to what it is compared with, or of the figure itself in its own unit. */
  readonly wanted: { readonly atMost: number } | { readonly atLeast: number };
}

/** The same metric of ours in another scenario. */
interface OwnFigure {
  readonly scenario: string;
  readonly subject: string;
}

/** Of all rivals in this scenario, such as each rival client with each server. */
interface RivalFigures {
  readonly metrics: readonly string[];
}

const server = 'Lockport';
const fast = 'Lockport (fast)';
const workers = 'Lockport (fast, 2 workers)';
const library = 'Lockport library';
/** The rivals whose hash of a password costs what ours does. */
const strongHashes = ['vsftpd (system account)', 'proftpd', 'pure-ftpd'].map((name) => `${name}, strong hash`);

/** All targets. A row that is met gets a harder target in the same change; `npm run bench -- --check` fails where one is missed. */
export const targets: readonly Target[] = [
  { scenario: 'download', metric: 'server CPU down', ours: server, beside: ['vsftpd'], wanted: { atMost: 0.4 } },
  {
    scenario: 'download',
    metric: 'throughput down',
    ours: server,
    beside: ['vsftpd', 'pure-ftpd'],
    wanted: { atLeast: 1 },
  },
  { scenario: 'upload', metric: 'server CPU up', ours: fast, beside: 'all', wanted: { atMost: 0.8 } },
  { scenario: 'upload', metric: 'throughput up', ours: fast, beside: 'all', wanted: { atLeast: 1 } },
  ...(['down', 'up'] as const).map(
    (direction): Target => ({
      scenario: 'parallel-8',
      metric: `server CPU ${direction}`,
      ours: workers,
      beside: { scenario: 'parallel-1', subject: workers },
      wanted: { atMost: 1.2 },
    }),
  ),
  ...smallFiles({ scenario: 'small-files', direction: 'down', ours: server }),
  ...smallFiles({ scenario: 'small-files', direction: 'up', ours: fast }),
  { scenario: 'small-files', metric: 'rate up', ours: server, beside: 'all', wanted: { atLeast: 0.8 } },
  ...smallFiles({ scenario: 'first-files-down', direction: 'down', ours: server }),
  ...smallFiles({ scenario: 'first-files-up', direction: 'up', ours: fast }),
  ...[server, 'Lockport (first logins)'].map(
    (ours): Target => ({ scenario: 'logins', metric: 'rate', ours, beside: strongHashes, wanted: { atLeast: 3 } }),
  ),
  { scenario: 'idle-sessions', metric: 'memory', ours: server, wanted: { atMost: 40 } },
  { scenario: 'twenty-thousand', metric: 'a new login', ours: workers, wanted: { atMost: 1000 } },
  ...['MLSD', 'LIST'].flatMap((command): readonly Target[] => [
    { scenario: 'listing', metric: `${command}: first entry`, ours: server, wanted: { atMost: 20 } },
    { scenario: 'listing', metric: `${command}: peak memory`, ours: server, wanted: { atMost: 32 } },
    { scenario: 'listing', metric: `${command}: all entries`, ours: server, beside: 'all', wanted: { atMost: 1.5 } },
  ]),
  ...['vsftpd', 'Lockport'].flatMap(clients),
  ...['client-many-down', 'client-many-up'].map(
    (scenario): Target => ({
      scenario,
      metric: 'rate with Lockport',
      ours: library,
      // The best of them with the best server for it.
      beside: { metrics: ['rate with Lockport', 'rate with vsftpd'] },
      wanted: { atLeast: 5 },
    }),
  ),
  ...['from the package', 'from a clone'].flatMap((which): readonly Target[] => [
    {
      scenario: 'command-line',
      metric: 'CPU of --version',
      ours: `lockport ${which}`,
      beside: ['node -e 0'],
      wanted: { atMost: 1.3 },
    },
    {
      scenario: 'command-line',
      metric: 'CPU of ls above node -e 0',
      ours: `lockport ${which}`,
      wanted: { atMost: 150 },
    },
  ]),
];

interface SmallFiles {
  readonly scenario: string;
  readonly direction: 'down' | 'up';
  /** Rivals leave an upload to the system: whoever is compared with them does so too. */
  readonly ours: string;
}

/** pyftpdlib is written in Python: to be slower than that would have no excuse. */
function smallFiles({ scenario, direction, ours }: SmallFiles): readonly Target[] {
  const metric = `server CPU ${direction}`;
  return [
    { scenario, metric, ours, beside: 'all', wanted: { atMost: 1.3 } },
    { scenario, metric, ours, beside: ['pyftpdlib'], wanted: { atMost: 1 } },
    { scenario, metric: `rate ${direction}`, ours, beside: 'all', wanted: { atLeast: 1 } },
  ];
}

/** Of our library against one server. */
function clients(at: string): readonly Target[] {
  const rate = `rate with ${at}`;
  const cpu = `client CPU with ${at}`;
  const throughput = `throughput with ${at}`;
  return [
    ...['client-small-files-down', 'client-small-files-up'].flatMap((scenario): readonly Target[] => [
      { scenario, metric: rate, ours: library, beside: ['basic-ftp'], wanted: { atLeast: 1.5 } },
      { scenario, metric: rate, ours: library, beside: ['curl'], wanted: { atLeast: 1 } },
      { scenario, metric: cpu, ours: library, beside: ['basic-ftp'], wanted: { atMost: 1 } },
    ]),
    { scenario: 'client-one-connection', metric: rate, ours: library, beside: ['basic-ftp'], wanted: { atLeast: 1.5 } },
    { scenario: 'client-one-connection', metric: rate, ours: library, beside: ['rclone'], wanted: { atLeast: 1 } },
    { scenario: 'client-one-connection', metric: cpu, ours: library, beside: ['basic-ftp'], wanted: { atMost: 1 } },
    ...['client-download', 'client-upload'].flatMap((scenario): readonly Target[] => [
      { scenario, metric: throughput, ours: library, beside: ['curl'], wanted: { atLeast: 1 } },
      { scenario, metric: cpu, ours: library, beside: ['curl'], wanted: { atMost: 1 } },
    ]),
  ];
}
