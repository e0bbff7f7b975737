import { useCallback, useState } from 'preact/hooks';
import type { WebEntry } from '../../../src/web/contract.ts';

/** Which entries are chosen, and at which one somebody is. */
export interface Selection {
  readonly chosen: ReadonlySet<string>;
  /** Of the row with the focus; -1: none. */
  readonly active: number;
  readonly only: (index: number) => void;
  readonly toggle: (index: number) => void;
  /** From where the last choice began up to here. */
  readonly extend: (index: number) => void;
  /** Without choosing. */
  readonly go: (index: number) => void;
  readonly all: () => void;
  readonly clear: () => void;
}

export function useSelection(entries: readonly WebEntry[]): Selection {
  const [state, setState] = useState<Pick<Selection, 'chosen' | 'active'> & { readonly from: number }>({
    chosen: new Set(),
    active: -1,
    from: 0,
  });
  const nameAt = (index: number) => entries[index]?.name;
  const clear = useCallback(() => setState((now) => ({ ...now, chosen: new Set() })), []);
  return {
    chosen: state.chosen,
    active: Math.min(state.active, entries.length - 1),
    only(index) {
      const name = nameAt(index);
      setState({ chosen: new Set(name === undefined ? [] : [name]), active: index, from: index });
    },
    toggle(index) {
      const name = nameAt(index);
      if (name === undefined) return;
      const chosen = new Set(state.chosen);
      if (!chosen.delete(name)) chosen.add(name);
      setState({ chosen, active: index, from: index });
    },
    extend(index) {
      const [first, last] = [Math.min(state.from, index), Math.max(state.from, index)];
      const names = entries.slice(first, last + 1).map(({ name }) => name);
      setState({ chosen: new Set(names), active: index, from: state.from });
    },
    go(index) {
      setState({ ...state, active: index, from: index });
    },
    all() {
      setState({ ...state, chosen: new Set(entries.map(({ name }) => name)) });
    },
    clear,
  };
}
