import type { Entry } from '../../core/index.ts';

/**
 * Formats a line of LIST as `ls -l` does: `-rw-r--r--   1 ftp      ftp             5 Jan 02 15:04 name`. RFC 959 section
 * 4.1.3 leaves the form open, and this is the one that clients read. The line end is left out. Times are in UTC. A time
 * that is older than about half a year, or in the future, shows its year instead of the time of day.
 */
export function formatUnixLine(entry: Entry, now: Date): string {
  const owner = (entry.owner ?? 'ftp').padEnd(8);
  const group = (entry.group ?? 'ftp').padEnd(8);
  const size = String(entry.size).padStart(12);
  const date = formatDate(entry.modified, now);
  const target = entry.target === undefined ? '' : ` -> ${entry.target}`;
  return `${formatKindAndMode(entry)}   1 ${owner} ${group} ${size} ${date} ${entry.name}${target}`;
}

const KINDS = { file: ['-', 0o644], directory: ['d', 0o755], link: ['l', 0o777] } as const;
const TRIPLETS = ['---', '--x', '-w-', '-wx', 'r--', 'r-x', 'rw-', 'rwx'];
const SPECIAL_BITS = 0o7000;

function formatKindAndMode(entry: Entry): string {
  const [letter, usualMode] = KINDS[entry.kind];
  const mode = entry.mode ?? usualMode;
  const bits = `${TRIPLETS[(mode >> 6) & 7]}${TRIPLETS[(mode >> 3) & 7]}${TRIPLETS[mode & 7]}`;
  return letter + ((mode & SPECIAL_BITS) === 0 ? bits : withSpecialBits(bits, mode));
}

/** Set-uid, set-gid and sticky replace the `x` of their class. They are in upper case if that `x` is not set. */
function withSpecialBits(bits: string, mode: number): string {
  const marks = [mode & 0o4000 && 's', mode & 0o2000 && 's', mode & 0o1000 && 't'];
  return marks
    .map((mark, index) => {
      const triplet = bits.slice(index * 3, index * 3 + 3);
      if (!mark) return triplet;
      return triplet.slice(0, 2) + (triplet.endsWith('x') ? mark : mark.toUpperCase());
    })
    .join('');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HALF_YEAR_MS = 182 * 86_400_000;
const DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

function formatDate(time: Date, now: Date): string {
  const day = `${MONTHS[time.getUTCMonth()] ?? 'Jan'} ${DIGITS[time.getUTCDate()] ?? '01'}`;
  const ageMs = now.getTime() - time.getTime();
  if (ageMs >= 0 && ageMs < HALF_YEAR_MS) return `${day} ${DIGITS[time.getUTCHours()]}:${DIGITS[time.getUTCMinutes()]}`;
  return `${day} ${String(time.getUTCFullYear() || 1970).padStart(5)}`;
}
