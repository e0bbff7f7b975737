import { type Ban, networkBits, networkKey, networkOf } from '../core/index.ts';
import { RecentMap } from './recent-map.ts';

/**
 * The networks from which nobody may connect. Bans by failed logins are so many as a table holds, the oldest go first.
 * Those that an operator has set stay until they are over or lifted.
 */
export interface BanList {
  /** The ban that holds for an address. */
  find(address: string): Ban | undefined;
  /** Those that hold now. */
  list(): readonly Ban[];
  /** Replaces a ban of the same network. @param durationMs how long it holds from now on */
  add(ban: Ban, durationMs: number): void;
  /** Lifts the bans of exactly this network, and gives them. */
  lift(network: string): readonly Ban[];
}

interface Entry {
  readonly ban: Ban;
  /** On the clock of the list. */
  readonly endsAt: number;
}

/** `now` is a clock in ms that never jumps: the wall clock would lift bans, or keep them, when it is set. */
export function createBanList(maxByLogins: number, now: () => number): BanList {
  const byLogins = new RecentMap<Entry>(maxByLogins);
  /** By the length of their prefix, so that an address is looked up once for each length and not for each ban. */
  const byOperators = new Map<number, Map<string, Entry>>();

  function holds(entry: Entry | undefined): entry is Entry {
    return entry !== undefined && entry.endsAt > now();
  }

  function findByOperators(address: string): Entry | undefined {
    for (const [bits, entries] of byOperators) {
      const entry = entries.get(networkKey(address, bits) ?? '');
      if (holds(entry)) return entry;
    }
    return undefined;
  }

  function forgetPast(): void {
    for (const [bits, entries] of byOperators) {
      for (const [key, entry] of entries) if (!holds(entry)) entries.delete(key);
      if (entries.size === 0) byOperators.delete(bits);
    }
  }

  function liftOfOperators(network: string): readonly Ban[] {
    const bits = networkBits(network) ?? 0;
    const key = networkKey(network, bits) ?? '';
    const entry = byOperators.get(bits)?.get(key);
    byOperators.get(bits)?.delete(key);
    forgetPast();
    return holds(entry) ? [entry.ban] : [];
  }

  function liftOfLogins(network: string): readonly Ban[] {
    const found = [...byLogins.entries()].filter(([key, entry]) => holds(entry) && isSameNetwork(key, network));
    for (const [key] of found) byLogins.delete(key);
    return found.map(([, { ban }]) => ban);
  }

  return {
    find(address) {
      const entry = byLogins.get(networkOf(address));
      return (holds(entry) ? entry : findByOperators(address))?.ban;
    },

    list() {
      forgetPast();
      const entries = [...byOperators.values()].flatMap((each) => [...each.values()]);
      return [...[...byLogins.entries()].map(([, entry]) => entry).filter(holds), ...entries].map(({ ban }) => ban);
    },

    add(ban, durationMs) {
      const entry = { ban, endsAt: now() + durationMs };
      if (!ban.operator) {
        byLogins.set(networkOf(ban.network), entry);
        return;
      }
      forgetPast();
      const bits = networkBits(ban.network) ?? 0;
      const entries = byOperators.get(bits) ?? new Map<string, Entry>();
      byOperators.set(bits, entries.set(networkKey(ban.network, bits) ?? '', entry));
    },

    lift: (network) => [...liftOfLogins(network), ...liftOfOperators(network)],
  };
}

function isSameNetwork(one: string, other: string): boolean {
  const bits = networkBits(one);
  if (bits === undefined || bits !== networkBits(other)) return one === other;
  return networkKey(one, bits) === networkKey(other, bits);
}
