import type { SyncStep } from '../../client/index.ts';
import { formatBytes } from '../quantity.ts';

type SyncEntryStep = Exclude<SyncStep, { readonly action: 'summary' }>;
type SyncSummary = Extract<SyncStep, { readonly action: 'summary' }>;

/** What became of one entry, or is planned for it, as a line. */
export function stepLine({ action, path, reason, size, name }: SyncEntryStep): string {
  const what = name === undefined ? path.slice(1) || '.' : [path.slice(1), JSON.stringify(name)].join(' ').trimStart();
  const facts = [...(size === undefined ? [] : [formatBytes(size)]), REASONS[reason]];
  return `${ACTIONS[action].padEnd(ACTION_COLUMNS)} ${what} (${facts.join(', ')})`;
}

/** The whole run as a sentence. */
export function summaryLine({ done, planned, skipped, failed, unchanged, bytes }: SyncSummary, isDry: boolean): string {
  const counts = isDry ? [`${planned} to do`] : [`${done} done`, `${formatBytes(bytes)} copied`];
  return [...counts, `${unchanged} the same already`, `${skipped} left out`, `${failed} failed`].join(', ');
}

const ACTIONS: { readonly [action in SyncEntryStep['action']]: string } = {
  'make-directory': 'make directory',
  copy: 'copy',
  replace: 'replace',
  resume: 'resume',
  'set-time': 'set time',
  delete: 'delete',
  'delete-directory': 'delete',
  link: 'link',
  skip: 'leave out',
};

const ACTION_COLUMNS = Math.max(...Object.values(ACTIONS).map((text) => text.length));

const REASONS: { readonly [reason in SyncEntryStep['reason']]: string } = {
  missing: 'not there',
  interrupted: 'begun before',
  size: 'another size',
  time: 'another time',
  content: 'another content',
  target: 'points elsewhere',
  extraneous: 'not at the source',
  kind: 'of another kind',
  newer: 'newer there',
  link: 'a link',
  name: 'a name that no file can have here',
  listing: "can't be listed",
  depth: 'too deep',
  special: 'neither file, directory nor link',
  temporary: 'not whole: under way, or left behind',
};
