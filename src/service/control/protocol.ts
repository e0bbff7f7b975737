/*
 * What goes over the control socket: one JSON object a line. The server begins with a greeting, and the other side with the key
 * of the socket. A request names a procedure of the table of operators, and the user that asks. Its answer comes in parts where its list is long, and one request waits for the
 * other.
 */

/** Grows with every change that the other side would not understand. */
export const CONTROL_PROTOCOL = 3;

/** What one request, and one line of an answer, may have at most. */
export const MAX_REQUEST_BYTES = 65_536;
export const MAX_ANSWER_LINE_BYTES = 4 * 1024 * 1024;

/** A part of a list is sent when it has so many characters. */
export const PART_CHARACTERS = 65_536;

/** The first line of the server. */
export interface Greeting {
  /** Its version. */
  readonly lockport: string;
  readonly protocol: number;
}

/** Any number of parts, and then the answer or the failure. */
export type ControlAnswer =
  | { readonly id: number; readonly list: string; readonly part: readonly unknown[] }
  | { readonly id: number; readonly answer: object; readonly list?: string }
  | { readonly id: number | null; readonly failed: string; readonly message: string };
