import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { WebMe } from '../../src/web/contract.ts';

export const Visitor = createContext<WebMe | undefined>(undefined);

/** Who has signed in. */
export function useMe(): WebMe {
  const me = useContext(Visitor);
  if (!me) throw new Error('A page is shown to nobody');
  return me;
}
