import { useEffect } from 'preact/hooks';

const NAMES = [
  'session.opened',
  'session.closed',
  'login.succeeded',
  'transfer.started',
  'transfer.finished',
  'trouble.began',
  'trouble.ended',
];
/** Much may happen at once: the page asks once for all of it. */
const PAUSE_MS = 300;

/** Calls `refresh` soon after something has happened. Where the stream fails, the page's own questions are left. */
export function useEvents(refresh: () => void): void {
  useEffect(() => {
    const stream = new EventSource('/api/v1/events/stream');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const happened = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        refresh();
      }, PAUSE_MS);
    };
    for (const name of NAMES) stream.addEventListener(name, happened);
    stream.addEventListener('end', () => stream.close());
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [refresh]);
}
