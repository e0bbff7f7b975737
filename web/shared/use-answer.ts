import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, ask, type Failure } from './api.ts';
import { inBackground } from './in-background.ts';

export interface Loaded<Body> {
  /** The last one that came, also while another one fails. */
  readonly body: Body | undefined;
  readonly etag: string | undefined;
  readonly failure: Failure | undefined;
  readonly isLoading: boolean;
  /** Asks again at once. */
  readonly refresh: () => void;
}

const EMPTY = { body: undefined, etag: undefined, failure: undefined } as const;

/**
 * What the API answers to this question, asked anew when that changes, and every `everyMs` while somebody can see the page.
 * The seam for a stream of events: whatever tells of a change calls `refresh`.
 * @param version of what the answer depends on: another one asks anew
 */
export function useAnswer<Body>(
  path: string | undefined,
  query: Readonly<Record<string, string | undefined>> = {},
  everyMs = 0,
  version?: string,
): Loaded<Body> {
  const [held, setHeld] = useState<Pick<Loaded<Body>, 'body' | 'etag' | 'failure'> & { readonly of?: string }>(EMPTY);
  const [round, setRound] = useState(0);
  const isFirst = useRef(true);
  const question = path === undefined ? undefined : JSON.stringify([path, query]);
  const refresh = useCallback(() => setRound((each) => each + 1), []);
  useEffect(() => {
    isFirst.current = true;
  }, [question]);
  useEffect(() => {
    if (path === undefined || question === undefined) return undefined;
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (isBackground: boolean) => {
      const answer: Answer<Body> = await ask('GET', path, { query, isBackground, signal: ending.signal });
      if (ending.signal.aborted) return;
      setHeld((before) =>
        answer.ok
          ? { body: answer.body, etag: answer.etag, failure: undefined, of: question }
          : { ...(before.of === question ? before : EMPTY), failure: answer.failure, of: question },
      );
      if (everyMs > 0) timer = setTimeout(again, everyMs);
    };
    const again = () => {
      // A page that nobody sees asks nothing.
      if (document.visibilityState === 'hidden') timer = setTimeout(again, everyMs);
      else inBackground(look(true));
    };
    inBackground(look(!isFirst.current && everyMs > 0));
    isFirst.current = false;
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [question, everyMs, round, version]);
  const isCurrent = held.of === question;
  return {
    body: isCurrent ? held.body : undefined,
    etag: isCurrent ? held.etag : undefined,
    failure: isCurrent ? held.failure : undefined,
    isLoading: question !== undefined && !isCurrent,
    refresh,
  };
}
