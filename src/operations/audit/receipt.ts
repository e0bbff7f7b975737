import type { KeyObject } from 'node:crypto';
import { isSigned, keyId, type SigningKey, signed } from './keys.ts';

/** What a receipt states: that the server had this content of a file under this path of an account. */
export interface ReceiptFacts {
  /** The name of the server. */
  readonly server: string;
  readonly account: string;
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  /** When, ISO 8601, UTC. */
  readonly time: string;
  /** The journal, and the record of it that says so. */
  readonly journal: string;
  readonly record: number;
}

/** A signed statement. The signature is Ed25519 over the UTF-8 bytes of the statement, base64. */
export interface Receipt {
  readonly statement: string;
  readonly signature: string;
}

const TITLE = 'lockport-receipt-v1';
const NAMES = ['server', 'account', 'path', 'bytes', 'sha256', 'time', 'journal', 'record', 'key'] as const;

export function signedReceipt(facts: ReceiptFacts, key: SigningKey): Receipt {
  const said = { ...facts, key: key.id };
  // As JSON, a value stays on its line, whatever stands in it.
  const statement = [TITLE, ...NAMES.map((name) => `${name}: ${JSON.stringify(said[name])}`), ''].join('\n');
  return { statement, signature: signed(statement, key) };
}

/** Why a receipt is not to be believed, or what it states. */
export type CheckedReceipt = { readonly facts: ReceiptFacts } | { readonly fault: string };

/** @param text the receipt as JSON, as a partner keeps it, or the whole reply to SITE RECEIPT, which has it in a line */
export function checkReceipt(text: string, publicKey: KeyObject): CheckedReceipt {
  const receipt = receiptIn(text);
  if (!receipt) return { fault: 'it is no receipt' };
  const { statement, signature } = receipt;
  if (!isSigned(statement, signature, publicKey)) {
    return {
      fault: `its signature is not one of the key ${keyId(publicKey)}: it was altered, or signed by another key`,
    };
  }
  const facts = factsIn(statement);
  return facts ? { facts } : { fault: 'it states something else' };
}

/** Lines of a reply begin with its code, or a space (RFC 959 section 4.2). */
const REPLY_START = /^(?:\d{3}[- ]| +)/;

function receiptIn(text: string): Receipt | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.replace(REPLY_START, ''));
  return [text, ...lines.filter((line) => line.startsWith('{'))].map(parsedReceipt).find((receipt) => receipt);
}

function parsedReceipt(text: string): Receipt | undefined {
  try {
    const { statement, signature } = JSON.parse(text) as Partial<Record<keyof Receipt, unknown>>;
    return typeof statement === 'string' && typeof signature === 'string' ? { statement, signature } : undefined;
  } catch {
    return undefined;
  }
}

/** Only what the key has signed comes here. */
function factsIn(statement: string): ReceiptFacts | undefined {
  const [title, ...lines] = statement.split('\n');
  if (title !== TITLE) return undefined;
  const entries = NAMES.map((name, at) => {
    const line = lines[at] ?? '';
    return line.startsWith(`${name}: `) ? [name, JSON.parse(line.slice(name.length + 2))] : undefined;
  });
  return entries.includes(undefined) ? undefined : Object.fromEntries(entries.filter((entry) => entry !== undefined));
}
