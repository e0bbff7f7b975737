import { type Command, Option } from 'commander';
import { repeatableOption } from '../repeatable-option.ts';
import { UsageError } from '../usage-error.ts';
import { isSettingName, type RemoteSettings, readSettings } from './settings.ts';

/** The flags of every verb that works on a server. Those whose name is that of a setting can stand in a bookmark. */
const CONNECTION_FLAGS: readonly Option[] = [
  new Option('--user <name>', 'who signs in (default: the URL, .netrc, or anonymous)'),
  new Option('--password-stdin', 'take the password from the first line of standard input'),
  new Option('--ca <file>', 'trust these authorities (PEM) in place of the usual ones'),
  repeatableOption('--pin <pin>', 'trust this key and no other: sha256//..., SHA256:... or a fingerprint'),
  new Option('--trust-on-first-use', 'trust an unknown server now, and only the same one from then on'),
  new Option('--cert <file>', 'show this certificate (PEM) to the server'),
  new Option('--key <file>', 'its key (PEM); over SSH the private key to sign in by'),
  new Option('--insecure', 'trust whoever answers; passwords and files may go to anybody'),
  new Option('--allow-clear', 'permit ftp:// URLs, without any protection'),
  new Option('--active', 'let the server open the data connections'),
  new Option('--session-reuse <rule>', 'data connections resume the TLS session (choices: require, prefer, off)'),
  new Option('--end-of-stream <rule>', 'TLS data must end in close_notify (choices: strict, lenient)'),
  new Option('--encoding <charset>', 'how the server writes names (default: utf-8)'),
  new Option('--proxy <url>', 'go through socks5://HOST:PORT or http://HOST:PORT'),
  new Option('--connect-timeout <seconds>', 'longest wait for a connection'),
  new Option('--stall-timeout <seconds>', 'longest wait without a byte moving'),
  new Option('--retries <number>', 'how often to try again after a passing failure (default: 2)'),
];

const OUTPUT_FLAGS: readonly Option[] = [
  new Option('--json', 'print one JSON object a line'),
  new Option('--quiet', 'print results and errors alone'),
  new Option('--verbose', 'show the conversation with the server; passwords are left out'),
];

/** Of verbs that move files; not all of them can do all. */
const TRANSFER_FLAGS = {
  parallel: new Option('--parallel <number>', 'files at once, or parts of one file (default: 1)'),
  limitRate: new Option('--limit-rate <size>', 'bytes a second at the most, as 10MiB'),
} as const;

export type TransferFlag = keyof typeof TRANSFER_FLAGS;

/** What the flags say that no bookmark can. */
export interface RunFlags {
  readonly passwordStdin?: boolean;
  readonly insecure?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Adds the flags of a verb that works on a server. */
export function addRemoteFlags(command: Command, transferFlags: readonly TransferFlag[] = []): void {
  const groups = [
    ['Transfer:', transferFlags.map((name) => TRANSFER_FLAGS[name])] as const,
    ['Connection:', CONNECTION_FLAGS] as const,
    ['Output:', OUTPUT_FLAGS] as const,
  ];
  for (const [title, options] of groups) {
    command.optionsGroup(title);
    for (const option of options) command.addOption(option);
  }
}

/** Adds the flags that a bookmark can keep. */
export function addBookmarkFlags(command: Command): void {
  for (const option of [...CONNECTION_FLAGS, ...Object.values(TRANSFER_FLAGS)].filter(isSetting))
    command.addOption(option);
}

/** What the command's flags say of servers. @throws UsageError for a value that can't be */
export function settingsOf(command: Command): RemoteSettings {
  const given = command.opts<Record<string, unknown>>();
  const settings = command.options
    .filter(isSetting)
    .map((option) => [option.attributeName(), given[option.attributeName()]]);
  const read = readSettings(Object.fromEntries(settings.filter(([, value]) => value !== undefined)));
  if ('settings' in read) return read.settings;
  const option = command.options.find((option) => option.attributeName() === read.mistake.name);
  throw new UsageError(`${option?.long ?? 'The flags'}: expected ${read.mistake.expected ?? 'something else'}`);
}

function isSetting(option: Option): boolean {
  return isSettingName(option.attributeName());
}
