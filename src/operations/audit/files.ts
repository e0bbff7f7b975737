import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { KeyStatement } from './keys.ts';

/** Where things lie in the directory of an audit trail. */
export interface AuditPaths {
  readonly directory: string;
  /** The private key (PEM, PKCS #8). */
  readonly key: string;
  /** A private key that is to take over. */
  readonly nextKey: string;
  /** The statements of all keys that ever signed, one a line. */
  readonly keys: string;
  /** All signed heads, one a line. */
  readonly heads: string;
  /** What other processes want to have recorded. */
  readonly inbox: string;
}

export function auditPaths(directory: string): AuditPaths {
  return {
    directory,
    key: path.join(directory, 'key.pem'),
    nextKey: path.join(directory, 'next-key.pem'),
    keys: path.join(directory, 'keys.jsonl'),
    heads: path.join(directory, 'heads.jsonl'),
    inbox: path.join(directory, 'inbox'),
  };
}

/** A file of records. Its name is the number of its first record. */
export interface AuditSegment {
  readonly first: number;
  readonly file: string;
}

const NAME = /^(\d{16})\.jsonl$/;

export function segmentAt(directory: string, first: number): AuditSegment {
  return { first, file: path.join(directory, `${String(first).padStart(16, '0')}.jsonl`) };
}

/** The index of a segment: derived from it, and made anew where it is missing. */
export function indexFileOf({ file }: AuditSegment): string {
  return file.replace(/\.jsonl$/, '.index');
}

/** The segments of a journal, in their order. */
export async function segmentsIn(directory: string): Promise<readonly AuditSegment[]> {
  const numbers = (await readdir(directory)).flatMap((name) => {
    const number = NAME.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers.sort((one, other) => one - other).map((first) => segmentAt(directory, first));
}

/** The statements of the keys; none where there is no file. @throws SyntaxError where a line is no JSON */
export async function readKeyStatements({ keys }: AuditPaths): Promise<readonly KeyStatement[]> {
  const lines = (await readFile(keys, 'utf8').catch(ifMissing(''))).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as KeyStatement);
}

/** For a file that need not be there. */
export function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value;
    throw error;
  };
}
