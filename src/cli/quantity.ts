const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1000,
  M: 1000 ** 2,
  G: 1000 ** 3,
  T: 1000 ** 4,
  KI: 1024,
  MI: 1024 ** 2,
  GI: 1024 ** 3,
  TI: 1024 ** 4,
};

/** Bytes from `1048576`, `10GiB`, `1.5 GB` or `500k`; undefined for anything else. A unit without `i` is decimal. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?) ?([kmgt]i?)?b?$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? 1));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Bytes for reading: the largest binary unit that they fill, `10 GiB`. */
export function formatBytes(bytes: number): string {
  for (const unit of ['Ti', 'Gi', 'Mi', 'Ki']) {
    const size = UNITS[unit.toUpperCase()] ?? 1;
    if (bytes >= size) return `${Number((bytes / size).toFixed(1))} ${unit}B`;
  }
  return `${bytes} B`;
}

const UNITS_OF_TIME: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds from `90s`, `30m`, `12h`, `7d` or `4w`; undefined for anything else, and for nothing. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text.trim()) ?? [];
  return Number(number) > 0 ? Number(number) * (UNITS_OF_TIME[unit] ?? 0) : undefined;
}

/** Milliseconds for reading: in the largest unit of which they are a multiple, `15m`. */
export function formatDuration(ms: number): string {
  const [unit = 's', size = 1000] = Object.entries(UNITS_OF_TIME).findLast(([, size]) => ms % size === 0) ?? [];
  return `${ms / size}${unit}`;
}

/** A number of things, in words: `1 file`, `2 files`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
