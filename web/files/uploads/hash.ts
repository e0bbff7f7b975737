/** SHA-256 of a file, made in a worker; undefined where it can't be read or was given up. */
export function hashOf(file: File, signal: AbortSignal): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const worker = new Worker(WORKER_URL, { name: 'sha-256' });
  const end = (hash?: string) => {
    worker.terminate();
    resolve(hash);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<string | undefined>) => end(data));
  worker.addEventListener('error', () => end());
  signal.addEventListener('abort', () => end(), { once: true });
  worker.postMessage(file);
  return promise;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** The one script that may become a worker: the page's policy of types has this one rule, and is used here alone. */
const WORKER_URL = (() => {
  const url = document.querySelector<HTMLScriptElement>('script[data-worker]')?.dataset['worker'] ?? '';
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy('lockport-worker', { createScriptURL: () => url }).createScriptURL(url) ?? url;
})();
