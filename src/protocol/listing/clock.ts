import type { LocalTime } from './server-time.ts';

export type Clock = Required<Pick<LocalTime, 'hour' | 'minute'>> & Pick<LocalTime, 'second'>;

/**
 * Reads a time of day in the forms that listings use: `15:04`, `9:04`, `15:04:05`, `15:04:05.123`, `03:04PM`. It ignores the
 * fraction of a second. `ServerTime` checks whether such a time exists.
 */
export function readClock(text: string): Clock | undefined {
  const [, hour, minute, second, half] = CLOCK.exec(text) ?? [];
  if (hour === undefined) return undefined;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
  return { hour: hours, minute: Number(minute), ...(second !== undefined && { second: Number(second) }) };
}

const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:([AP])M?)?$/i;
