import type { Gatekeeper, Limits, PageFile, Publish, RecordKeeper } from '../core/index.ts';
import type { TlsSettings, WebTls } from '../transport/index.ts';

/** What the web front-end is told. A reload changes it for connections that begin from then on. */
export interface WebOptions {
  readonly gatekeeper: Gatekeeper;
  /** Undefined: it speaks HTTP in clear. */
  readonly tls: TlsSettings | undefined;
  /** Names by which browsers reach it, beside those of the certificates and localhost. */
  readonly hosts: readonly string[];
  readonly pages: readonly PageFile[];
  readonly limits?: Partial<Limits>;
}

/** What all sessions share, and a reload does not change. */
export interface WebSurroundings {
  readonly publish: Publish;
  /** Undefined: no answer waits for its record. */
  readonly records: RecordKeeper | undefined;
}

/** The options with every default. Immutable. */
export interface WebSettings extends WebSurroundings {
  readonly gatekeeper: Gatekeeper;
  readonly tls: WebTls | undefined;
  /** Whether browsers may call the server so, lower-case. */
  readonly isOurs: (host: string) => boolean;
  readonly pages: ReadonlyMap<string, PageFile>;
  readonly limits: Limits;
}
