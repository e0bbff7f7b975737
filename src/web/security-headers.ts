import { safeHeaders } from '../core/index.ts';

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; frame-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lockport-worker";

/** Every answer has them. */
export function securityHeaders(isSecure: boolean): Readonly<Record<string, string>> {
  return safeHeaders(POLICY, isSecure);
}

/**
 * Of what an account brought and a browser shows: no script of it runs, it loads nothing, and it stands in a frame of our own pages
 * alone, where its origin is nobody's.
 */
export const SHOWN_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; object-src 'none'; frame-ancestors 'self'",
  'x-frame-options': 'SAMEORIGIN',
};

/** Of what is downloaded: where a browser shows it all the same, nothing of it runs. */
export const ATTACHED_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
};
