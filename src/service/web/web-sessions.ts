import type { Gatekeeper } from '../../core/index.ts';
import { WebHost, type WebOptions, type WebSurroundings } from '../../web/index.ts';
import { readFilePages } from '../built-pages.ts';

/** The options of the web, as far as they are values. */
export type PlainWebOptions = Omit<WebOptions, 'gatekeeper' | 'pages'>;

/** What runs the sessions of browsers; undefined where the web is not served. @throws TlsSettingsError */
export async function openWebHost(
  options: PlainWebOptions | undefined,
  gatekeeper: Gatekeeper,
  surroundings: WebSurroundings,
): Promise<WebHost | undefined> {
  return options && new WebHost({ ...options, gatekeeper, pages: await readFilePages() }, surroundings);
}
