import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { LockportProcess } from '../cli/lockport-process.ts';

const PATIENCE_MS = 30_000;
const POLL_MS = 20;

export interface Scraped {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** The port of metrics, once it is open. */
export async function metricsPort(server: LockportProcess): Promise<number> {
  const { port } = await server.event(({ event, mode }) => event === 'listening' && mode === 'metrics');
  return Number(port);
}

/** Asks for a page over HTTP. */
export function scrape(
  port: number,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Scraped> {
  const { method = 'GET', headers = {}, body = '' } = options;
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    asked.on('error', reject).end(body);
  });
}

/** The values of a page, by the text of their series. */
export async function metricsOf(port: number): Promise<ReadonlyMap<string, number>> {
  const { body } = await scrape(port, '/metrics');
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Asks until the page fits, or does not for long: what workers count arrives a moment later. Gives the last one. */
export async function metricsWhen(
  port: number,
  fits: (metrics: ReadonlyMap<string, number>) => boolean,
): Promise<ReadonlyMap<string, number>> {
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const metrics = await metricsOf(port);
    if (fits(metrics) || deadline.aborted) return metrics;
    await setTimeout(POLL_MS);
  }
}
