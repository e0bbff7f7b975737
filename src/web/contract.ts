import { z } from 'zod';

/*
 * The API of the web front-end, as docs/web.md describes it: what a request holds, checked, and what an answer holds. The
 * pages import the types of this file and nothing else of the server.
 */

const path = z.string().min(1).max(4096);
const name = z.string().min(1).max(256);
const secret = z.string().min(1).max(1024);
const size = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case');

/** How many paths one request may name. */
const MAX_PATHS = 1000;
export const SORTS = ['name', 'size', 'modified', 'none'] as const;
const PREVIEWS = ['picture', 'text', 'pdf'] as const;

export const signInBody = z.strictObject({
  user: name,
  password: secret,
  /** Of an authenticator, in the second step. */
  code: z.string().min(1).max(32).optional(),
});
export const passwordBody = z.strictObject({
  /** Where nobody is signed in. */
  user: name.optional(),
  from: secret,
  to: secret,
});
export const directoryBody = z.strictObject({
  path,
  /** Whether those on the way to it are made, too, and one that is there is no failure. */
  parents: z.boolean().optional(),
});
export const moveBody = z.strictObject({ from: path, to: path, replace: z.boolean().optional() });
export const removeBody = z.strictObject({
  paths: z.array(path).min(1).max(MAX_PATHS),
  /** Whether directories go with all that is in them. */
  recursive: z.boolean().optional(),
});
export const archiveBody = z.strictObject({
  paths: z.array(path).min(1).max(MAX_PATHS),
  name: z.string().min(1).max(200).optional(),
});
export const uploadBody = z.strictObject({
  path,
  size,
  /** When the file was modified, as an ISO 8601 time; it gets this time where the storage and the rights allow. */
  modified: z.iso.datetime({ offset: true }).optional(),
  /** Whether a file of this name may be replaced. */
  replace: z.boolean().optional(),
  /** Whether to go on with what an earlier upload to this path has left. */
  resume: z.boolean().optional(),
});
export const commitBody = z.strictObject({ sha256: sha256.optional() });

export type SignInBody = z.input<typeof signInBody>;
export type PasswordBody = z.input<typeof passwordBody>;
export type DirectoryBody = z.input<typeof directoryBody>;
export type MoveBody = z.input<typeof moveBody>;
export type RemoveBody = z.input<typeof removeBody>;
export type ArchiveBody = z.input<typeof archiveBody>;
export type UploadBody = z.input<typeof uploadBody>;
export type CommitBody = z.input<typeof commitBody>;

export type Sort = (typeof SORTS)[number];
export type PreviewKind = (typeof PREVIEWS)[number];

/** One entry of a directory. */
export interface WebEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link';
  /** Bytes; 0 of a directory. */
  readonly size: number;
  /** ISO 8601, in UTC. */
  readonly modified: string;
  /** How a browser can show it by `as=preview`; absent: not at all. */
  readonly preview?: PreviewKind;
}

/** An entry and where it stands. */
export interface WebFile extends WebEntry {
  readonly path: string;
}

/** What the account may do at a path. */
export type WebRight =
  | 'list'
  | 'download'
  | 'upload'
  | 'overwrite'
  | 'append'
  | 'delete'
  | 'rename'
  | 'make-directory'
  | 'times';

/** `GET /files` */
export interface DirectoryPage {
  readonly path: string;
  /** What the account may do with entries of the directory. */
  readonly rights: readonly WebRight[];
  readonly entries: readonly WebEntry[];
  /** How many entries the directory has in all, as far as `find` lets them pass. */
  readonly total: number;
  /** Of the next page; absent on the last one. */
  readonly cursor?: string;
}

/** `GET /me`, and the answer to a sign-in. */
export interface WebMe {
  readonly user: string;
  /** Sent back as `x-csrf-token` with each request that changes something. */
  readonly csrf: string;
  /** What the account may do at `/`. */
  readonly rights: readonly WebRight[];
  /** Bytes, where the storage tells. Of an account with a quota: what is left of it. */
  readonly space?: { readonly free: number; readonly total: number };
  /** What this server offers to this account, beside files. */
  readonly features: WebFeatures;
  readonly limits: WebLimits;
}

interface WebFeatures {
  readonly trash: boolean;
  readonly keys: boolean;
  readonly transfers: boolean;
  readonly shares: boolean;
}

interface WebLimits {
  /** Bytes in one `PATCH` of an upload. */
  readonly chunkBytes: number;
  /** Uploads of one session at once. */
  readonly uploads: number;
  /** Entries in one page. */
  readonly pageEntries: number;
  /** The session ends after so long without a request, in ms. */
  readonly idleMs: number;
}

/** Each upload as `POST /uploads`, `GET /uploads` and `GET /uploads/{id}` give it. */
export interface WebUpload {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  /** How many bytes are there: where the next chunk begins. */
  readonly offset: number;
}

/** The answer to `POST /uploads/{id}/commit`. */
export interface CommittedUpload {
  readonly file: WebFile;
  /** Of the bytes that came, hexadecimal. */
  readonly sha256: string;
}

/** The answer to `POST /remove`: each path that was given, in the same order. */
export interface Removal {
  readonly results: readonly RemovalResult[];
}

export interface RemovalResult {
  readonly path: string;
  /** How many files, links and directories are gone. */
  readonly removed: number;
  /** Entries that stay; the first hundred. Absent: none. */
  readonly failures?: readonly { readonly path: string; readonly code: string; readonly detail: string }[];
}

/** The answer to `POST /archives`: a link that works once, for a minute. */
export interface WebArchive {
  readonly url: string;
  readonly name: string;
}

/** Every answer of 400 and above, `application/problem+json` (RFC 9457). */
export interface WebProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** A sentence for people. */
  readonly detail: string;
  /** Stable, for programs. */
  readonly code: string;
}
