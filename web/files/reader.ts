import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Me } from '../../src/web/contract.ts';

export const Visitor = createContext<Me | undefined>(undefined);

/** Who has signed in. */
export function useMe(): Me {
  const me = useContext(Visitor);
  if (!me) throw new Error('A page is shown to nobody');
  return me;
}
