import { type SftpReply, STATUS } from '../../protocol/index.ts';
import { textOf } from '../connection/reply-error.ts';
import { ClientError, type ClientErrorCode, type ClientPhase } from '../errors.ts';

type StatusReply = Extract<SftpReply, { readonly kind: 'status' }>;

const CODES: { readonly [status: number]: ClientErrorCode | undefined } = {
  [STATUS['no-such-file']]: 'not-found',
  [STATUS.unsupported]: 'unsupported',
  [STATUS['bad-message']]: 'protocol',
  [STATUS['no-connection']]: 'connection-lost',
  [STATUS['connection-lost']]: 'connection-lost',
};

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(STATUS).map(([name, code]) => [code, name]));

/** The error that a status stands for. Servers say `failure` for all that has no status of its own. */
export function statusError({ status, message }: StatusReply, phase: ClientPhase, command: string): ClientError {
  const said = textOf({ code: status, lines: [message || (NAMES.get(status) ?? `status ${status}`)] });
  return new ClientError(CODES[status] ?? 'refused', `${said} (${command})`, {
    phase,
    command,
    status: { code: status, message: said },
  });
}
