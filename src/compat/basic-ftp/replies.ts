import {
  currentDirectoryReadings,
  type HostPort,
  parseExtendedPassiveReply,
  parseFeatures,
  parsePassiveReply,
  parseTimeReply,
  type Reply,
} from '../../protocol/index.ts';
import type { FTPResponse } from './ftp-error.ts';

/** The port of a 229. */
export function extendedPassivePort(response: FTPResponse): number | undefined {
  return parseExtendedPassiveReply(toReply(response));
}

/** Address and port of a 227. */
export function passiveTarget(response: FTPResponse): HostPort | undefined {
  return parsePassiveReply(toReply(response));
}

/** What the path of a 257 may be, the likeliest first. @throws Error where there is none */
export function currentDirectories(response: FTPResponse): readonly [string, ...string[]] {
  const [first, ...more] = currentDirectoryReadings(toReply(response));
  return [parsed(first, 'PWD', response), ...more];
}

/** The time of a 213. @throws Error where there is none */
export function modificationTime(response: FTPResponse): Date {
  return parsed(parseTimeReply(toReply(response)), 'MDTM', response);
}

/** The number of a 213, which words may follow. @throws Error where there is none */
export function fileSize(response: FTPResponse): number {
  const [digits] = /^\d+/.exec(response.message.slice(4)) ?? [];
  return parsed(digits === undefined ? undefined : Number(digits), 'SIZE', response);
}

/** Names and parameters of a 211; nothing of any other reply. */
export function featuresOf(response: FTPResponse): Map<string, string> {
  return new Map(parseFeatures(toReply(response)));
}

function toReply({ code, message }: FTPResponse): Reply {
  const [first = '', ...more] = message.split('\n');
  return { code, lines: [first.slice(4), ...more] };
}

function parsed<T>(value: T | undefined, command: string, { message }: FTPResponse): T {
  if (value === undefined) throw new Error(`Can't parse response to command '${command}': ${message}`);
  return value;
}
