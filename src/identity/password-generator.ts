import { randomInt } from 'node:crypto';

/**
 * Letters and digits in groups of five, `k7wqd-...`: 20 of them, which are 99 random bits, or as many as it takes. There are
 * both among them. @param minLength in characters
 */
export function generatePassword(minLength = 0): string {
  const letter = () => LETTERS.charAt(randomInt(LETTERS.length));
  const group = () => Array.from({ length: GROUP_LETTERS }, letter).join('');
  const groups = Math.max(MIN_GROUPS, Math.ceil((minLength + 1) / (GROUP_LETTERS + 1)));
  for (;;) {
    const password = Array.from({ length: groups }, group).join('-');
    if (/[a-z]/.test(password) && /\d/.test(password)) return password;
  }
}

/** Letters and digits that nobody takes for another, and no shell for anything else. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const MIN_GROUPS = 4;
const GROUP_LETTERS = 5;
