import type { NewTotp } from '../service/index.ts';

/** What is shown once of a second factor that was made. */
export function factorText({ secret, uri }: NewTotp): string {
  return `For its authenticator, which is not shown again: ${secret}\n${uri}\n`;
}
