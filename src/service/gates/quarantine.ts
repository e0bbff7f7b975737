import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Limits } from '../../core/index.ts';
import { syncDirectory, writeWhole } from '../../operations/index.ts';

const MIB = 1_048_576;

/** Where a file of the quarantine came from. */
export interface QuarantineRecord {
  readonly gate: string;
  readonly reason: string;
  readonly at: string;
  readonly path: string;
  readonly bytes: number;
  readonly [fact: string]: unknown;
}

/** The directory of the operator for files that a gate has refused. Each has a record beside it, in JSON. */
export class Quarantine {
  readonly #directory: string;
  readonly #limits: Pick<Limits, 'maxQuarantineFiles' | 'maxQuarantineMebibytes'>;

  constructor(directory: string, limits: Pick<Limits, 'maxQuarantineFiles' | 'maxQuarantineMebibytes'>) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /**
   * Keeps a file. Its name is in no way chosen by a client. When it resolves, file and record are on the disk.
   * @throws Error where there is no room, or the disk fails; then nothing is kept
   */
  async keep(content: Readable, record: QuarantineRecord): Promise<string> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await this.#checkRoom(record.bytes);
    const name = `${record.at.replaceAll(/[:.]/g, '-')}-${randomUUID()}`;
    const file = path.join(this.#directory, name);
    try {
      const sha256 = await written(file, content);
      await writeWhole(`${file}.json`, `${JSON.stringify({ ...record, sha256 }, undefined, 2)}\n`);
      await syncDirectory(this.#directory);
      return name;
    } catch (error) {
      await unlink(file).catch(() => undefined);
      throw error;
    }
  }

  async #checkRoom(bytes: number): Promise<void> {
    const files = (await readdir(this.#directory)).filter((name) => !name.endsWith('.json'));
    if (files.length >= this.#limits.maxQuarantineFiles) throw new Error('the quarantine has too many files');
    let total = bytes;
    for (const name of files) total += (await stat(path.join(this.#directory, name)).catch(() => undefined))?.size ?? 0;
    if (total > this.#limits.maxQuarantineMebibytes * MIB) throw new Error('the quarantine is full');
  }
}

/** Gives the SHA-256 of what was written. */
async function written(file: string, content: Readable): Promise<string> {
  const hash = createHash('sha256');
  await using handle = await open(file, 'wx', 0o600);
  for await (const chunk of content as AsyncIterable<Buffer>) {
    hash.update(chunk);
    await handle.writeFile(chunk);
  }
  await handle.sync();
  return hash.digest('hex');
}
