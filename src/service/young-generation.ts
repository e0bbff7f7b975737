import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the part of V8's heap that holds new objects as small as it is. A crowd that signs in would make it grow to 48 MiB,
 * which it then keeps: as much as 500 sessions that do nothing. Transfers need no large one, as their bytes lie elsewhere.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
