import { type Ban, canonicalNetwork, FOREVER, isInNetwork, networkBits, printable } from '../../core/index.ts';
import { type EndedSession, endAll } from './end-sessions.ts';
import { failure, type OperatorFailure } from './failure.ts';
import type { OperatedService } from './operated-service.ts';

/** A network with a shorter prefix is banned by force only: 2001:db8::/31 is twice what a provider gets. */
const WIDEST = { ipv4: 8, ipv6: 32 } as const;

export interface ShownBan {
  readonly network: string;
  readonly by: 'failed-logins' | 'operator';
  /** In ISO 8601; null: until it is lifted. */
  readonly until: string | null;
  /** When an operator has set it. */
  readonly since?: string;
  readonly reason?: string;
}

export interface NewBan {
  readonly network: string;
  readonly until: Date | null;
  readonly reason: string;
  /** Although it is of very many addresses. */
  readonly isForced: boolean;
}

export interface AddedBan {
  readonly ban: ShownBan;
  /** The sessions of that network, which end. */
  readonly sessions: readonly EndedSession[];
}

/** Those by failed logins first, the oldest before the others. */
export function bansOf({ bans }: OperatedService): readonly ShownBan[] {
  return bans.list().map(shownBan);
}

/** The ban holds at once; this waits until it is kept, and until the sessions of the network have been told to end. */
export async function addBan(service: OperatedService, given: NewBan): Promise<AddedBan | OperatorFailure> {
  const network = canonicalNetwork(given.network);
  if (network === undefined)
    return failure('invalid-request', `${printable(given.network)} is no address and no CIDR range`);
  const until = given.until ?? FOREVER;
  if (until.getTime() <= Date.now()) return failure('invalid-request', 'The end of the ban is in the past');
  const ipv4 = !network.includes(':');
  const [bits = 0, widest] = ipv4
    ? [(networkBits(network) ?? 96) - 96, WIDEST.ipv4]
    : [networkBits(network), WIDEST.ipv6];
  if (bits < widest && !given.isForced) {
    return failure(
      'too-wide',
      `A ban of ${network} shuts out very many addresses, perhaps your own: confirm it (--force) if that is meant`,
    );
  }
  const { maxOperatorBans } = service.limits();
  if (service.bans.list().filter(({ operator }) => operator).length >= maxOperatorBans) {
    return failure(
      'too-many-bans',
      `There are ${maxOperatorBans} bans of operators already (maxOperatorBans): lift some, or ban a wider network`,
    );
  }
  const ban: Ban = { network, until, operator: { since: new Date(), reason: given.reason } };
  service.bans.add(ban, until.getTime() - Date.now());
  service.publish({ event: 'ban.set', network, until, reason: given.reason });
  const kept = await outcomeOf(service.banStore.save(ban));
  const sessions = await endOf(service, network);
  if (kept !== undefined) return failure('not-kept', `${network} is banned, but not beyond a restart: ${kept}`);
  return { ban: shownBan(ban), sessions };
}

/** Lifts the ban of exactly this network. */
export async function liftBan(
  service: OperatedService,
  given: string,
): Promise<{ readonly lifted: readonly ShownBan[] } | OperatorFailure> {
  const network = canonicalNetwork(given);
  if (network === undefined) return failure('invalid-request', `${printable(given)} is no address and no CIDR range`);
  const lifted = service.bans.lift(network);
  if (lifted.length === 0) return failure('no-such-ban', noBanOf(service, network));
  service.publish({ event: 'ban.lifted', network });
  for (const ban of lifted) {
    const kept = await outcomeOf(service.banStore.remove(ban.network));
    if (kept !== undefined)
      return failure('not-kept', `The ban of ${network} is lifted, but not beyond a restart: ${kept}`);
  }
  return { lifted: lifted.map(shownBan) };
}

async function endOf(service: OperatedService, network: string): Promise<readonly EndedSession[]> {
  const { sessions } = await service.liveView();
  const theirs = sessions.filter(({ address }) => isInNetwork(address, network));
  return endAll(service, theirs, 'its address was banned', 'Connections from your address are not accepted');
}

function noBanOf({ bans }: OperatedService, network: string): string {
  const [base = ''] = network.split('/');
  const wider = bans.find(base);
  return `There is no ban of ${network}${wider ? `; that of ${wider.network} holds for it` : ''}`;
}

function shownBan({ network, until, operator }: Ban): ShownBan {
  return {
    network,
    by: operator ? 'operator' : 'failed-logins',
    until: until.getTime() === FOREVER.getTime() ? null : until.toISOString(),
    ...(operator && { since: operator.since.toISOString(), reason: operator.reason }),
  };
}

/** What went wrong; undefined for nothing. */
async function outcomeOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
