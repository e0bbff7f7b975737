import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

/** Tells what was done, in a line that screen readers read out. */
export const Tell = createContext<(text: string) => void>(() => undefined);

export function useTell(): (text: string) => void {
  return useContext(Tell);
}
