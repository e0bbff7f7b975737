import { randomUUID } from 'node:crypto';
import type { Publish, Trouble } from '../../core/index.ts';
import type { AuditRecord } from '../../operations/index.ts';
import type { Attention } from '../operators/attention.ts';

/** Looks in a row that trouble must be there, or gone: what passes at once, and what comes and goes, is not told each time. */
const LOOKS = 2;
/** Troubles at one time; further ones are not told. */
const MAX_TROUBLES = 200;

export interface TroubleWatchParts {
  /** What needs attention now. */
  readonly attention: () => Promise<readonly Attention[]>;
  /** Resolves once all that was published is recorded; with false where it can't be. */
  readonly recorded: () => Promise<boolean>;
  /** Has rules act on a record that can't be written now. */
  readonly tellNow: (record: AuditRecord) => Promise<void>;
  readonly publish: Publish;
}

interface Open {
  readonly attention: Attention;
  readonly isTold: boolean;
  /** Looks in a row that differ from what is told. */
  readonly looks: number;
}

/**
 * Tells when trouble begins and when it has ended, once each. Rules hear of it by its record, as of anything else. Where that
 * can't be written, which may be the very trouble, they are told from memory. What is open is not kept over a restart: what is
 * still there then is told anew.
 */
export class TroubleWatch {
  readonly #parts: TroubleWatchParts;
  readonly #open = new Map<string, Open>();
  #isLooking = false;

  constructor(parts: TroubleWatchParts) {
    this.#parts = parts;
  }

  async look(): Promise<void> {
    // Media that hang make a look long.
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#compare(await this.#parts.attention());
    } finally {
      this.#isLooking = false;
    }
  }

  async #compare(attention: readonly Attention[]): Promise<void> {
    const present = new Map(attention.filter(isTrouble).map((each) => [keyOf(each), each]));
    for (const [key, each] of present) {
      const { isTold = false, looks = 0 } = this.#open.get(key) ?? {};
      if (!this.#open.has(key) && this.#open.size >= MAX_TROUBLES) continue;
      const isTime = !isTold && looks + 1 >= LOOKS;
      this.#open.set(key, { attention: each, isTold: isTold || isTime, looks: isTold || isTime ? 0 : looks + 1 });
      if (isTime) await this.#tell('trouble.began', each);
    }
    for (const [key, { attention: before, isTold, looks }] of this.#open) {
      if (present.has(key)) continue;
      const isOver = !isTold || looks + 1 >= LOOKS;
      if (isOver) this.#open.delete(key);
      else this.#open.set(key, { attention: before, isTold, looks: looks + 1 });
      if (isOver && isTold) await this.#tell('trouble.ended', before);
    }
  }

  async #tell(event: 'trouble.began' | 'trouble.ended', { code, about, message: reason }: Attention): Promise<void> {
    const { publish, recorded, tellNow } = this.#parts;
    const trouble: Trouble = { id: randomUUID(), code, about, reason };
    publish({ event, ...trouble });
    if (await recorded()) return;
    await tellNow({ n: 0, at: new Date().toISOString(), event, ...trouble });
  }
}

/** Certificates have events of their own, and a server that starts or stops as it was told is in no trouble. */
function isTrouble({ code, about }: Attention): boolean {
  if (code === 'certificate-expires' || code === 'certificate-expired') return false;
  return code !== 'not-ready' || (about !== 'stopping' && about !== 'listeners');
}

function keyOf({ code, about = '' }: Attention): string {
  return `${code} ${about}`;
}
