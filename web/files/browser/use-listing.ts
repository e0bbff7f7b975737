import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { DirectoryPage, Sort, WebEntry, WebRight } from '../../../src/web/contract.ts';
import { ask, type Failure } from '../../shared/api.ts';
import { inBackground } from '../../shared/in-background.ts';

export interface Sorting {
  readonly sort: Exclude<Sort, 'none'>;
  readonly order: 'ascending' | 'descending';
}

export interface FolderListing {
  readonly entries: readonly WebEntry[];
  /** How many there are, of which `entries` are the first. */
  readonly total: number;
  readonly rights: ReadonlySet<WebRight> | undefined;
  readonly failure: Failure | undefined;
  readonly isLoading: boolean;
  /** Has entries up to there loaded. */
  readonly reach: (index: number) => void;
  readonly refresh: () => void;
}

interface Held extends Omit<FolderListing, 'reach' | 'refresh'> {
  readonly cursor: string | undefined;
}

const NOTHING: Held = {
  entries: [],
  total: 0,
  rights: undefined,
  failure: undefined,
  isLoading: true,
  cursor: undefined,
};
const PAGE = 500;

/** A folder, page after page, as far as somebody looks. What was there stays in sight while it is listed anew. */
export function useListing(path: string, { sort, order }: Sorting, find: string): FolderListing {
  const [held, setHeld] = useState(NOTHING);
  const [round, setRound] = useState(0);
  const loader = useRef<{ reach(index: number): void }>({ reach: () => undefined });
  useEffect(() => {
    const ending = new AbortController();
    let current = NOTHING;
    let wanted = 1;
    let isBusy = false;
    const show = (next: Held) => {
      current = next;
      setHeld(next);
    };
    const load = async () => {
      if (isBusy) return;
      isBusy = true;
      while (wanted > current.entries.length) {
        const { entries, cursor, isLoading } = current;
        if (!isLoading && cursor === undefined) break;
        const query = { path, sort, order, find, limit: String(PAGE), cursor };
        const answer = await ask<DirectoryPage>('GET', '/files', { query, signal: ending.signal });
        if (ending.signal.aborted) return;
        if (answer.ok) {
          const { rights, total, entries: more, cursor: next } = answer.body;
          const all = cursor === undefined ? more : [...entries, ...more];
          show({ entries: all, total, rights: new Set(rights), failure: undefined, isLoading: false, cursor: next });
        } else if (answer.failure.code === 'cursor') {
          setRound((each) => each + 1);
          return;
        } else {
          show({ ...current, failure: answer.failure, isLoading: false, cursor: undefined });
          break;
        }
      }
      isBusy = false;
    };
    loader.current = {
      reach(index) {
        if (index < wanted) return;
        wanted = index + 1;
        inBackground(load());
      },
    };
    inBackground(load());
    return () => ending.abort();
  }, [path, sort, order, find, round]);
  const reach = useCallback((index: number) => loader.current.reach(index), []);
  const refresh = useCallback(() => setRound((each) => each + 1), []);
  return { ...held, reach, refresh };
}
