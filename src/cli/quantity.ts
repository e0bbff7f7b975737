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
