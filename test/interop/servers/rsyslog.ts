import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makePlace } from './place.ts';

/** A syslog server that speaks TLS, or not. */
export interface Rsyslog extends AsyncDisposable {
  readonly port: number;
  readonly certificateFile: string;
  /** All messages so far. */
  stored(): Promise<string>;
  /** The messages so far that fit, each as `facility severity program message-id data text`; waits for the first one. */
  messages(fits: RegExp): Promise<readonly string[]>;
}

const POLL_MS = 20;

/** rsyslog as an ordinary user, with a configuration of its own. @throws MissingProgram */
export async function startRsyslog({ isSecure }: { readonly isSecure: boolean }): Promise<Rsyslog> {
  const place = await makePlace('rsyslogd', {});
  const stored = join(place.root, 'messages');
  const settings = await place.file('rsyslog.conf', [
    `global(workDirectory="${place.root}" maxMessageSize="16k" net.enableDNS="off"`,
    `  defaultNetstreamDriverCAFile="${place.certificateFile}" defaultNetstreamDriverCertFile="${place.certificateFile}"`,
    `  defaultNetstreamDriverKeyFile="${place.keyFile}")`,
    isSecure
      ? 'module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")'
      : 'module(load="imtcp")',
    `input(type="imtcp" port="${place.port}" address="127.0.0.1")`,
    'template(name="all" type="string"',
    '  string="%syslogfacility-text% %syslogseverity-text% %app-name% %msgid% %structured-data% %msg%\\n")',
    `action(type="omfile" file="${stored}" template="all")`,
  ]);
  const directories = await readdir(place.tool('usr/lib'));
  const modules = directories
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join('usr/lib', name, 'rsyslog'));
  const server = await place.start(
    [
      ...(await place.programOfOwner()),
      '-n',
      '-f',
      settings,
      '-i',
      join(place.root, 'rsyslog.pid'),
      ...modules.flatMap((path) => ['-M', place.tool(path)]),
    ],
    { name: 'rsyslog', directory: place.root, user: '', password: '', versionArguments: ['-v'] },
  );
  const read = () => readFile(stored, 'utf8').catch(() => '');
  return {
    port: server.port,
    certificateFile: server.certificateFile,
    stored: read,
    async messages(fits) {
      for (;;) {
        const found = (await read()).split('\n').filter((line) => fits.test(line));
        if (found.length > 0) return found;
        await setTimeout(POLL_MS);
      }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
