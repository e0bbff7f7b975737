/** Who is asked before a file gets its name: ClamAV, programs, receivers of webhooks. */
export { checkGates, type Gates, gatesFor, prepareGates } from './gates.ts';
