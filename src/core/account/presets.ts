import { ROOT, resolvePath, type VirtualPath } from '../path.ts';
import type { OwnSettings } from './account.ts';
import type { Right } from './values.ts';

/** A way to work with a partner, as values of fields. What somebody says beside it counts instead. */
export interface Preset {
  /** Completes "inbox: ..." */
  readonly summary: string;
  readonly settings: OwnSettings;
}

const DROP: readonly Right[] = ['list', 'upload'];
const FETCH: readonly Right[] = ['list', 'download'];

/** Nobody can overwrite, change or remove what was handed over, in either direction. */
export const PRESETS = {
  inbox: {
    summary: 'the partner leaves new files, and can neither fetch nor replace any',
    settings: { rights: [{ path: ROOT, rights: DROP }] },
  },
  outbox: {
    summary: 'the partner fetches files, and can change nothing',
    settings: { rights: [{ path: ROOT, rights: FETCH }] },
  },
  exchange: {
    summary: 'the partner leaves new files in /in and fetches files from /out',
    settings: {
      rights: [
        { path: ROOT, rights: ['list'] },
        { path: at('/in'), rights: DROP },
        { path: at('/out'), rights: FETCH },
      ],
    },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;

function at(path: string): VirtualPath {
  return resolvePath(ROOT, path);
}
