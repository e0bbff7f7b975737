import type { Limits, PageFile } from '../../core/index.ts';
import type { Answer, Call, Cancel } from '../workers/rpc.ts';

/*
 * All messages between the primary process and the one that speaks HTTP. Passwords and tokens pass through; nothing that
 * they are checked against does.
 */

/** A request as it came, within all bounds. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly address: string;
  readonly isSecure: boolean;
  readonly headers: { readonly [name in CarriedHeader]?: string };
  readonly body: string;
}

/** The headers that mean something to the API, in lower case. */
export const CARRIED_HEADERS = [
  'authorization',
  'cookie',
  'content-type',
  'if-match',
  'origin',
  'sec-fetch-site',
  'host',
  'x-csrf-token',
  'x-lockport-background',
] as const;
type CarriedHeader = (typeof CARRIED_HEADERS)[number];

/** A whole answer. The process that speaks HTTP adds what every answer has. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** An answer, or its beginning. */
export interface HttpAnswer extends WholeAnswer {
  /** The number of what follows in parts, in place of a body. */
  readonly stream?: number;
}

/** A part of an answer; without bytes, its end. */
export interface StreamPart {
  readonly bytes?: Uint8Array;
}

/** RequestAnswers a request, for as long as somebody waits for that: then the signal aborts. */
type AnswerRequest = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>;

/** What the process that speaks HTTP may ask of the primary: to answer a request, and to go on with its answer. */
export interface ApiProcedures {
  readonly answer: { readonly ask: HttpRequest; readonly answer: HttpAnswer };
  readonly nextPart: { readonly ask: { readonly stream: number }; readonly answer: StreamPart };
  readonly endStream: { readonly ask: { readonly stream: number }; readonly answer: undefined };
}

/** The answers of the primary process, as the one that speaks HTTP asks for them. */
export interface RequestAnswers {
  readonly answer: AnswerRequest;
  readonly nextPart: (stream: number, signal: AbortSignal) => Promise<StreamPart>;
  readonly endStream: (stream: number) => Promise<void>;
}

/** The bounds of the port. */
type EdgeLimits = Pick<
  Limits,
  | 'maxAdminConnections'
  | 'maxAdminConnectionsPerAddress'
  | 'maxAdminHeaderBytes'
  | 'maxAdminUrlBytes'
  | 'maxAdminBodyBytes'
  | 'adminRequestMs'
  | 'adminAnswerMs'
  | 'adminConnectionIdleMs'
  | 'maxAdminRequestsAtOnce'
  | 'maxAdminRequestsPerMinute'
  | 'maxAdminStreams'
  | 'workerSilenceMs'
>;

/** The certificate of the port alone, never one of those that clients of files see by default. */
export interface EdgeTls {
  readonly cert: string;
  readonly key: string;
}

export interface EdgeStart {
  readonly address: string;
  readonly port: number;
  /** The names that a request may be for, in lower case, without a port. */
  readonly hosts: readonly string[];
  readonly tls?: EdgeTls;
  /** Of the console; none where it was not built. */
  readonly pages: readonly PageFile[];
  readonly limits: EdgeLimits;
  /** A directory that the process must not be able to read: it does not serve where it can. */
  readonly closed: string;
}

export type ToEdge =
  | { readonly note: 'start'; readonly value: EdgeStart }
  | { readonly note: 'renew'; readonly value: EdgeTls }
  | { readonly note: 'beat' }
  | Answer;

export type FromEdge =
  | { readonly note: 'listening'; readonly value: { readonly address: string; readonly port: number } }
  | { readonly note: 'failed'; readonly value: { readonly message: string; readonly code?: string } }
  /** RequestAnswers a beat: the process is not hung. */
  | { readonly note: 'alive' }
  | Call
  | Cancel;
