import { Buffer } from 'node:buffer';

/** A pattern of paths, tried on the bytes of an index. */
export interface PathPattern {
  /** Whether the paths from `start` to `end`, one or two with a line feed between them, have one that fits. */
  fits(paths: Buffer, start: number, end: number): boolean;
}

/** `*` and `?` stay within a name, `**` does not. Without any of them: the path, and all below it. */
export function pathPattern(pattern: string): PathPattern {
  const literal = /^[^*?]*/.exec(pattern)?.[0] ?? '';
  const prefix = Buffer.from(literal);
  const expression = regular(pattern);
  return {
    fits(paths, start, end) {
      const second = paths.subarray(start, end).indexOf(10);
      if (second === -1) return fitsOne(start, end);
      return fitsOne(start, start + second) || fitsOne(start + second + 1, end);

      function fitsOne(from: number, to: number): boolean {
        if (to - from < prefix.length) return false;
        for (let index = 0; index < prefix.length; index += 1) if (paths[from + index] !== prefix[index]) return false;
        return expression.test(paths.toString('utf8', from, to));
      }
    },
  };
}

function regular(pattern: string): RegExp {
  if (!/[*?]/.test(pattern)) return new RegExp(`^${escaped(pattern.replace(/\/+$/, ''))}(/|$)`, 's');
  const parts = pattern.split(/(\*\*|\*|\?)/).map((part) => WILDCARDS[part] ?? escaped(part));
  return new RegExp(`^${parts.join('')}$`, 's');
}

const WILDCARDS: { readonly [wildcard: string]: string | undefined } = { '**': '.*', '*': '[^/]*', '?': '[^/]' };

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
