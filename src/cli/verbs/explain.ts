import { Command } from 'commander';
import { ControlError, type ExplainRequest, type Explanation, explainOffline } from '../../service/index.ts';
import { addPlace, withAccounts } from '../accounts.ts';
import { explanationLines } from '../operator/explain-texts.ts';
import { withRunningServer } from '../operator/running-server.ts';
import { print } from '../operator/shown.ts';
import { parseBytes } from '../quantity.ts';
import { UsageError } from '../usage-error.ts';

interface ExplainFlags {
  readonly from?: string;
  readonly port?: string;
  readonly renameFrom?: string;
  readonly size?: string;
  readonly plain?: true;
  /** False: `--no-certificate` was given. */
  readonly certificate: boolean;
  readonly json?: true;
}

/** `lockport explain` */
export function explain(): Command {
  const command = new Command('explain')
    .description(
      'whether an account may do something and what decides, and why handshakes and logins from an address failed',
    )
    .argument('[account]')
    .argument(
      '[command...]',
      'an FTP command and its path: STOR /in/a.txt, SITE CHMOD /in/a.txt; without it, the login',
    )
    .option('--from <address>', 'address of the client; alone, what failed from there of late')
    .option('--port <port>', 'port of the listener (default: the first one of the configuration)')
    .option('--rename-from <path>', 'with RNTO: what is renamed')
    .option('--size <size>', 'what an upload brings, for example 10MB (default: one byte)')
    .option('--plain', 'the client starts no TLS')
    .option('--no-certificate', 'the client shows no certificate (default: it shows that of the account)')
    .option('--json', 'as JSON');
  return addPlace(command).action(async (account: string | undefined, words: readonly string[]) => {
    const request = requestOf(account, words, command.opts<ExplainFlags>());
    const show = (explanation: Explanation, signal?: AbortSignal) =>
      print(command.opts().json ? [JSON.stringify(explanation, undefined, 2)] : explanationLines(explanation), signal);
    try {
      await withRunningServer(command, async (server, { signal }) =>
        show(await server.call('explain', request), signal),
      );
    } catch (error) {
      if (!(error instanceof ControlError && error.code === 'no-server')) throw error;
      await withAccounts(command, async (_, configuration, database) =>
        show(await explainOffline(configuration, database, request)),
      );
    }
  });
}

/** @throws UsageError */
function requestOf(account: string | undefined, words: readonly string[], flags: ExplainFlags): ExplainRequest {
  const { from, port, renameFrom, size, plain, certificate } = flags;
  if (account === undefined && from === undefined) throw new UsageError('Name an account, or an address by --from');
  const uploadBytes = size === undefined ? undefined : parseBytes(size);
  if (size !== undefined && uploadBytes === undefined) throw new UsageError('--size: expected a size such as 10MB');
  if (port !== undefined && !/^\d{1,5}$/.test(port)) throw new UsageError('--port: expected a number');
  const command = words.length > 1 ? words.slice(0, -1) : words;
  const path = words.length > 1 ? words.at(-1) : undefined;
  return {
    ...(account !== undefined && { account }),
    ...(command.length > 0 && { command }),
    ...(path !== undefined && { path }),
    ...(from !== undefined && { from }),
    ...(port !== undefined && { port: Number(port) }),
    ...(renameFrom !== undefined && { renamedFrom: renameFrom }),
    ...(uploadBytes !== undefined && { uploadBytes }),
    ...(plain && { isPlain: true }),
    ...(!certificate && { withoutCertificate: true }),
  };
}
