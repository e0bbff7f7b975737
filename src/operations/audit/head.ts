import type { KeyObject } from 'node:crypto';
import { isSigned, type SigningKey, signed } from './keys.ts';

/** A signed statement of how far a journal goes: all records up to one, by their chain value. */
export interface Head {
  readonly journal: string;
  /** Of the last record that it covers. */
  readonly number: number;
  /** Of that record. */
  readonly chain: string;
  readonly at: string;
  readonly key: string;
  readonly signature: string;
}

export function signedHead(said: Pick<Head, 'journal' | 'number' | 'chain' | 'at'>, key: SigningKey): Head {
  const head = { ...said, key: key.id };
  return { ...head, signature: signed(headText(head), key) };
}

export function isHeadSigned(head: Head, publicKey: KeyObject): boolean {
  return isSigned(headText(head), head.signature, publicKey);
}

/** What a head signs: lines, each with its line feed. */
function headText({ journal, number, chain, at, key }: Omit<Head, 'signature'>): string {
  return ['lockport-audit-head-v1', journal, String(number), chain, at, key, ''].join('\n');
}

/** Reads a head that was stored as JSON; undefined where it is none. */
export function readHead(value: unknown): Head | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { journal, number, chain, at, key, signature } = value as Partial<Record<keyof Head, unknown>>;
  const texts = [journal, chain, at, key, signature];
  if (!Number.isSafeInteger(number) || texts.some((text) => typeof text !== 'string')) return undefined;
  return { journal, number, chain, at, key, signature } as Head;
}
