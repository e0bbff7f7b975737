import type { Pool } from '../connection/pool.ts';
import { dataFailure } from './data-failure.ts';
import { Fetch, type FetchPlan } from './fetch.ts';
import { FileIntake } from './file-intake.ts';
import type { LocalFile } from './local-file.ts';

/** A part of a file: from `start` up to, not including, `end`; the last one up to the end of the file. */
export interface Segment {
  readonly start: number;
  readonly end: number | undefined;
}

/** Cuts what lies from `start` on into equal parts, `count` at the most and none too small to be worth a connection. */
export function segmentsOf(start: number, size: number, count: number): readonly Segment[] {
  const parts = Math.max(1, Math.min(count, Math.floor((size - start) / leastSegmentBytes)));
  const bytes = Math.ceil((size - start) / parts);
  return Array.from({ length: parts }, (_, index) => ({
    start: start + index * bytes,
    end: index === parts - 1 ? undefined : start + (index + 1) * bytes,
  }));
}

export interface SegmentsPlan extends Omit<FetchPlan, 'start' | 'end' | 'intake' | 'restart'> {
  readonly segments: readonly Segment[];
  readonly local: LocalFile;
  /** Byte of the remote file that is the first of the local one. */
  readonly origin: number;
}

/**
 * Fetches the parts of a file at once, each over a connection of its own, which is broken off at the part's end. When one
 * can't be had, the others are given up, and the local file is cut to the bytes that are there without a gap.
 * @returns how often one had to be taken up again
 */
export async function fetchSegments(pool: Pool, plan: SegmentsPlan): Promise<number> {
  const { local, origin, segments, meter } = plan;
  const giveUp = new AbortController();
  const signal = plan.signal ? AbortSignal.any([plan.signal, giveUp.signal]) : giveUp.signal;
  const failures: unknown[] = [];
  const parts = segments.map(({ start, end }) => {
    const writer = local.writer(start - origin);
    const intake = new FileIntake(writer, { start, end, onChunk: (chunk) => meter.add(chunk.length) });
    return { start, end, writer, intake, fetch: new Fetch(pool, { ...plan, start, end, intake, signal }) };
  });
  const work = parts.map(async ({ fetch, intake, writer }) => {
    try {
      await fetch.run();
      await intake.finish(signal);
    } catch (error) {
      failures.push(error);
      giveUp.abort(error);
      intake.destroy();
      await writer.stop();
    }
  });
  await Promise.all(work);
  if (failures.length === 0) return parts.reduce((sum, { fetch }) => sum + fetch.retries, 0);
  const broken = parts.find(({ end, writer }) => end === undefined || writer.position + origin < end);
  if (broken) await local.truncate(broken.writer.position);
  throw dataFailure(failures[0], 'local');
}

const leastSegmentBytes = 1024 * 1024;
