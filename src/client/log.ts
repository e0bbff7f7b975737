/** One thing that happened on a connection, good to print as JSON. */
export type ClientLogEntry =
  | { readonly event: 'command'; readonly connection: number; readonly line: string }
  | { readonly event: 'reply'; readonly connection: number; readonly code: number; readonly lines: readonly string[] }
  | { readonly event: 'connected'; readonly connection: number; readonly address: string; readonly port: number }
  | { readonly event: 'secured'; readonly connection: number; readonly version: string; readonly cipher: string }
  | {
      readonly event: 'data';
      readonly connection: number;
      readonly port: number;
      readonly resumed: boolean | undefined;
    }
  | { readonly event: 'retry'; readonly attempt: number; readonly reason: string; readonly delayMs: number }
  | { readonly event: 'closed'; readonly connection: number; readonly reason: string };

/** Hears of it at once. What it throws is not caught: it must not. */
export type ClientLog = (entry: ClientLogEntry) => void;
