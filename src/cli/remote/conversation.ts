import type { ClientLogEntry } from '../../client/index.ts';
import { printable } from '../../core/index.ts';

/** What `--verbose` shows of one thing that happened, as lines. */
export function conversationLines(entry: ClientLogEntry): readonly string[] {
  switch (entry.event) {
    case 'command':
      return [`[${entry.connection}] > ${printable(entry.line)}`];
    case 'reply':
      return entry.lines.map((line) => `[${entry.connection}] < ${entry.code} ${printable(line)}`);
    case 'connected':
      return [`[${entry.connection}] * connected to ${entry.address}, port ${entry.port}`];
    case 'secured':
      return [`[${entry.connection}] * ${entry.version}, ${entry.cipher}`];
    case 'data':
      return [`[${entry.connection}] * data connection to port ${entry.port}${resumption(entry.resumed)}`];
    case 'closed':
      return [`[${entry.connection}] * closed: ${printable(entry.reason)}`];
    case 'retry':
      return [`* try ${entry.attempt + 1} in ${entry.delayMs} ms, because of: ${entry.reason}`];
    default:
      return [];
  }
}

function resumption(isResumed: boolean | undefined): string {
  if (isResumed === undefined) return '';
  return isResumed ? ', TLS session resumed' : ', TLS session not resumed';
}
