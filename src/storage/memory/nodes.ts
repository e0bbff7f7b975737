import type { Entry } from '../../core/index.ts';

interface NodeAttributes {
  /** Unique among all nodes of the process. */
  readonly id: number;
  created: Date;
  modified: Date;
  mode: number;
}

export interface FileNode extends NodeAttributes {
  readonly kind: 'file';
  /** Never altered, only replaced by a new node: a reader keeps what it began with. */
  readonly bytes: Buffer;
}

export interface LinkNode extends NodeAttributes {
  readonly kind: 'link';
  readonly target: string;
}

export interface DirectoryNode extends NodeAttributes {
  readonly kind: 'directory';
  readonly entries: Map<string, Node>;
  /** Interrupted uploads, by the name that they are to have. */
  readonly partials: Map<string, FileNode>;
  /** Uploads into it that are under way. */
  uploads: number;
}

export type Node = FileNode | LinkNode | DirectoryNode;

let lastId = 0;

export function fileNode(bytes: Buffer, mode = 0o644): FileNode {
  return { kind: 'file', bytes, ...attributes(mode) };
}

export function linkNode(target: string): LinkNode {
  return { kind: 'link', target, ...attributes(0o777) };
}

export function directoryNode(): DirectoryNode {
  return { kind: 'directory', entries: new Map(), partials: new Map(), uploads: 0, ...attributes(0o755) };
}

export function entryOf(name: string, node: Node): Entry {
  const { kind, created, modified, mode, id } = node;
  const entry = { name, kind, size: 0, created, modified, mode, unique: String(id) };
  if (node.kind === 'file') return { ...entry, size: node.bytes.length };
  return node.kind === 'link' ? { ...entry, target: node.target } : entry;
}

function attributes(mode: number): NodeAttributes {
  const now = new Date();
  lastId += 1;
  return { id: lastId, created: now, modified: now, mode };
}
