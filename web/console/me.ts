import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Me } from '../../src/service/admin/answers.ts';

export const Reader = createContext<Me | undefined>(undefined);

/** Who has signed in, and what the pages may offer to them; the server decides all the same. */
export function useReader(): { readonly me: Me; readonly mayAct: boolean; readonly isWholeServer: boolean } {
  const me = useContext(Reader);
  if (!me) throw new Error('A page is shown to nobody');
  return { me, mayAct: me.role !== 'auditor', isWholeServer: me.groups === null };
}
