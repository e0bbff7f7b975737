/** What servers of one name were seen to do. */
export interface ServerHabits {
  /**
   * They answer commands which come together, one by one and in their order, as RFC 959 section 5.4 has it. Not all do:
   * lftp names Microsoft's and MikroTik's as such that do not.
   */
  readonly takesCommandsAhead: boolean;
  /**
   * They answer a command that comes during a transfer behind it. ProFTPD 1.3.8 answers some at once, before the end of
   * the transfer, and Pure-FTPd 1.0.50 refuses them with 500: either would be taken for the transfer's own reply.
   */
  readonly takesCommandsInTransfers: boolean;
  /**
   * They send all of a download to a client that has ended its own direction before, as TLS 1.3 allows (RFC 8446 section
   * 6.1), and need not wait for its close_notify when they are done. ProFTPD 1.3.8 resets such a connection, and Pure-FTPd 1.0.50
   * now and then.
   */
  readonly takesEarlyEnd: boolean;
}

export const NO_HABITS: ServerHabits = {
  takesCommandsAhead: false,
  takesCommandsInTransfers: false,
  takesEarlyEnd: false,
};

/** By what the greeting says. A server whose greeting says nothing is spoken to as the standard has it. */
export function habitsOf(greeting: string): ServerHabits {
  return KNOWN.find(([name]) => name.test(greeting))?.[1] ?? NO_HABITS;
}

/** The interop tests of the client run against all of them. */
const KNOWN: readonly (readonly [name: RegExp, habits: ServerHabits])[] = [
  [/Lockport|vsFTPd/i, { takesCommandsAhead: true, takesCommandsInTransfers: true, takesEarlyEnd: true }],
  [/ProFTPD/i, { takesCommandsAhead: true, takesCommandsInTransfers: false, takesEarlyEnd: false }],
  [/Pure-FTPd/i, { takesCommandsAhead: true, takesCommandsInTransfers: false, takesEarlyEnd: false }],
];
