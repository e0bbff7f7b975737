import process from 'node:process';
import { Command } from 'commander';
import {
  type Configuration,
  createLog,
  describeCertificates,
  EventStream,
  eventsLoggedAt,
  fitHeapToService,
  listenersOf,
  type Service,
  shownSettings,
  standardOutput,
  startService,
} from '../../service/index.ts';
import { commandLine, program } from '../command-line.ts';
import { firstStartJson, firstStartText } from '../first-start.ts';
import { ownerLinkJson, ownerLinkText } from '../owner-link.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { endByForceIn, Signals, untilStopped } from '../signals.ts';
import { packageVersion } from '../version-line.ts';

/** What remains to be ended has so long once all sessions are gone. */
const END_MS = 5000;

/** The settings that the command line takes; all of them can be given by the file and the environment. */
export const SERVE_SETTINGS = [
  'dataDir',
  'root',
  'log',
  'logLevel',
  'workers',
  'listen',
  'explicit.enabled',
  'explicit.port',
  'implicit.enabled',
  'implicit.port',
  'sftp.port',
  'web.port',
  'passive.ports',
  'passive.address',
  'metrics.port',
  'admin.port',
];

/** `lockport serve` */
export function serve(): Command {
  const command = new Command('serve').description('start the server');
  return addSettings(command, SERVE_SETTINGS).action(async () => {
    fitHeapToService();
    // Before the ports are announced: whoever waits for that may send a signal at once.
    using signals = new Signals();
    const loaded = await loadWithFlags(command, SERVE_SETTINGS);
    const { configuration, warnings, file } = loaded;
    await using output = standardOutput();
    const events = new EventStream();
    const log = createLog({
      form: configuration.log,
      level: configuration.logLevel,
      output,
      maxStrangerLines: configuration.limits.maxStrangerLogLines,
    });
    events.listen(log, eventsLoggedAt(configuration.logLevel));
    const { publish } = events;
    for (const message of warnings) publish({ event: 'warning', message });
    let { effective } = loaded;
    await using service = await startService(configuration, events, {
      version: packageVersion(),
      outputs: new Map([['standard-output', output]]),
      admin: { settings: () => shownSettings(effective), file },
    });
    await tellFirstStart(service, configuration, command);
    tellOwnerLink(service, configuration);
    let running = configuration;
    const reload = async () => {
      const { configuration: next, effective: given } = await loadWithFlags(command, SERVE_SETTINGS);
      await service.reload(next);
      effective = given;
      running = next;
      publish({ event: 'notice', message: 'Configuration and certificates are reloaded, for sessions from now on' });
    };
    await untilStopped(signals, service, { reload, publish, limits: () => running.limits });
    endByForceIn(END_MS);
  });
}

/** On standard error, too: whoever reads it administers the server. */
function tellOwnerLink({ ownerLink }: Service, { log }: Configuration): void {
  if (ownerLink) process.stderr.write(log === 'json' ? ownerLinkJson(ownerLink) : ownerLinkText(ownerLink));
}

/** On standard error: standard output is the log, and no log should keep a password. */
async function tellFirstStart(
  { firstAccount, addresses }: Service,
  configuration: Configuration,
  command: Command,
): Promise<void> {
  const [certificate] = await describeCertificates(configuration, commandLine('serve', command));
  if (!firstAccount || !certificate) return;
  const listeners = listenersOf(configuration);
  const start = {
    account: firstAccount,
    certificate,
    isOfThisMachine: configuration.tls.certificates.length === 0,
    addresses: addresses.filter((_, index) => {
      const { accounts } = listeners[index]?.rules ?? {};
      return accounts?.includes(firstAccount.name) ?? true;
    }),
    program: program(),
    addAccount: commandLine('user add NAME', command),
  };
  process.stderr.write(configuration.log === 'json' ? firstStartJson(start) : firstStartText(start));
}
