import type { Service } from '../service/index.ts';

type OwnerLink = NonNullable<Service['ownerLink']>;

/** For programs: one line of JSON. It goes to standard error, so that no log keeps the secret. */
export function ownerLinkJson({ url, expires }: OwnerLink): string {
  return `${JSON.stringify({ event: 'owner-link', url, expires: expires.toISOString() })}\n`;
}

/** For people: what to open in a browser. */
export function ownerLinkText({ url, expires }: OwnerLink): string {
  return `
Nobody administers this server yet. Open the console, and become its owner before ${expires.toLocaleTimeString()}:

  ${url}

`;
}
