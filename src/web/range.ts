import type { ByteRange } from '../core/index.ts';

/** A part of a file, both ends given. */
export type WholeRange = Required<ByteRange>;

/**
 * The one range of a `Range` header (RFC 9110 section 14.1.2). Undefined: the whole file, also where several are asked for, which nobody
 * needs and which would cost more than they bring. `unsatisfiable`: no byte of it is in the file.
 */
export function rangeOf(header: string | undefined, size: number): WholeRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') {
    const start = Math.max(0, size - Number(last));
    return start < size ? { start, end: size } : 'unsatisfiable';
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(size, Number(last) + 1);
  if (last !== '' && Number(last) < start) return undefined;
  return start < size ? { start, end } : 'unsatisfiable';
}
