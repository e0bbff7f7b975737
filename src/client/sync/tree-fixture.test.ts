import { buffer } from 'node:stream/consumers';
import { joinPath, ROOT, resolvePath, type Storage, type VirtualPath } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { type SyncEntryStep, type SyncPlan, type SyncStep, type SyncSummary, sync } from './index.ts';

/** Path to content; a path that ends in `/` is a directory, `-> text` a link. */
export type Tree = Readonly<Record<string, string>>;

export const LONG_AGO = new Date('2020-02-02T02:02:02Z');

export const at = (path: string): VirtualPath => resolvePath(ROOT, path);

export async function plant(storage: Storage, tree: Tree, modified = LONG_AGO): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    const isDirectory = path.endsWith('/');
    const names = path.split('/').slice(0, -1);
    for (let count = 1; count <= names.length; count += 1) await directory(storage, names.slice(0, count).join('/'));
    if (isDirectory) continue;
    if (content.startsWith('-> ')) await storage.makeLink?.(at(path), content.slice(3));
    else await put(storage, path, content, modified);
  }
}

export async function put(storage: Storage, path: string, content: string, modified = LONG_AGO): Promise<void> {
  const upload = await storage.write(at(path));
  upload.sink.write(Buffer.from(content));
  await upload.commit();
  await storage.setAttributes?.(at(path), { modified });
}

/** Leaves an interrupted upload. */
export async function leavePartial(storage: Storage, path: string, content: string): Promise<void> {
  const upload = await storage.write(at(path));
  upload.sink.write(Buffer.from(content));
  await upload.suspend();
}

export async function treeOf(storage: Storage, from: VirtualPath = ROOT): Promise<Tree> {
  const tree: Record<string, string> = {};
  const visit = async (path: VirtualPath, shown: string): Promise<void> => {
    const entries = [];
    for await (const batch of storage.list(path)) entries.push(...batch);
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const entry of entries) {
      const child = joinPath(path, entry.name);
      const name = `${shown}${entry.name}`;
      if (entry.kind === 'link') tree[name] = `-> ${entry.target}`;
      else if (entry.kind === 'file') tree[name] = String(await buffer(await storage.read(child)));
      else {
        tree[`${name}/`] = '';
        await visit(child, `${name}/`);
      }
    }
  };
  await visit(from, '');
  return tree;
}

export interface Outcome {
  readonly steps: readonly SyncEntryStep[];
  readonly summary: SyncSummary;
  /** `action path`, with what did not become of it: in the order of paths. */
  readonly told: readonly string[];
}

export async function run(from: Storage, to: Storage, plan: SyncPlan = {}): Promise<Outcome> {
  const steps: SyncEntryStep[] = [];
  let summary: SyncSummary | undefined;
  for await (const step of sync(from, to, plan)) {
    if (step.action === 'summary') summary = step;
    else steps.push(step);
  }
  if (summary === undefined) throw new Error('The run ended without a summary');
  return { steps, summary, told: steps.map(tell).toSorted() };
}

function tell(step: Exclude<SyncStep, SyncSummary>): string {
  const became = step.outcome === 'failed' || step.outcome === 'skipped' ? ` ${step.outcome}` : '';
  return `${step.action} ${step.path} (${step.reason})${became}`;
}

async function directory(storage: Storage, path: string): Promise<void> {
  await storage.makeDirectory(at(path)).catch((error: { code?: unknown }) => {
    if (error.code !== 'exists') throw error;
  });
}

type Changes = { readonly [name in keyof Storage]?: Storage[name] | undefined };

/** The storage with some methods replaced. It does not confine, as that would lead around them. */
export function altered(storage: Storage, changes: Changes): Storage {
  const all: Changes = { confine: undefined, ...changes };
  return new Proxy(storage, {
    get(target, name: keyof Storage) {
      if (name in all) return all[name];
      const own: unknown = target[name];
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

/** Two storages in memory, with these files. */
export async function two(source: Tree, destination: Tree): Promise<{ readonly from: Storage; readonly to: Storage }> {
  const from = memoryStorage();
  const to = memoryStorage();
  await plant(from, source);
  await plant(to, destination);
  return { from, to };
}
