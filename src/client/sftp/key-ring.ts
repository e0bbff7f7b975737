import { parseKey, type Ssh2Agent, type Ssh2Key, type Ssh2Module } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';
import type { SshKey, SshOptions } from '../options.ts';

/** Keys to sign in by. */
export interface KeyRing extends Ssh2Agent {
  /** Whether the server has taken one so far that a signature was asked for and made. */
  hasSigned(): boolean;
}

/**
 * The keys that we can sign in by: those that were given, then those of an agent. It signs by no SHA-1, which ssh2 would have
 * done for a server that says nothing of SHA-2. Undefined where there is no key.
 * @throws ClientError `invalid-argument` for a key that can't be read
 */
export async function keyRing(
  module: Ssh2Module,
  { keys = [], agent }: SshOptions,
  watch: AgentWatch,
): Promise<KeyRing | undefined> {
  if (keys.length === 0 && agent === undefined) return undefined;
  const own: Ssh2Key[] = [];
  for (const key of keys) own.push(await privateKey(module, key));
  const agents = agent === undefined ? undefined : watchedAgent(module, agent, watch);
  let hasSigned = false;
  const ring: KeyRing = {
    hasSigned: () => hasSigned,
    getIdentities(done) {
      if (!agents) return done(undefined, own);
      // Without its agent there are still the keys that were given.
      agents.getIdentities((_error, theirs = []) => done(undefined, [...own, ...theirs]));
    },
    sign(key, data, options, finish) {
      const done: typeof finish = (error, signature) => {
        if (!error) hasSigned = true;
        finish(error, signature);
      };
      if (key.type === 'ssh-rsa' && options.hash !== 'sha256' && options.hash !== 'sha512')
        return done(new Error('The server wants an RSA signature with SHA-1'));
      const blob = key.getPublicSSH();
      const mine = own.find((one) => one.getPublicSSH().equals(blob));
      if (!mine) return agents ? agents.sign(key, data, options, done) : done(new Error('There is no such key'));
      const signature = mine.sign(data, options.hash);
      return signature instanceof Error ? done(signature) : done(undefined, signature);
    },
  };
  // It takes instances of its own class alone.
  return Object.assign(new module.BaseAgent(), ring);
}

/** Who watches how long an agent takes: ssh2 waits for it without an end. */
export interface AgentWatch {
  asked(path: string): void;
  answered(): void;
}

function watchedAgent(module: Ssh2Module, path: string, watch: AgentWatch): Ssh2Agent {
  const agent = module.createAgent(path);
  const open = agent.getStream?.bind(agent);
  if (open) {
    // One that nobody waits for any more must not keep the process from its end.
    agent.getStream = (done) =>
      open((error, stream) => {
        stream?.unref();
        done(error, stream);
      });
  }
  const watched = <T>(done: (error: Error | undefined, given?: T) => void): typeof done => {
    watch.asked(path);
    return (error, given) => {
      watch.answered();
      done(error, given);
    };
  };
  return {
    getIdentities: (done) => agent.getIdentities(watched(done)),
    sign: (key, data, options, done) => agent.sign(key, data, options, watched(done)),
  };
}

async function privateKey(module: Ssh2Module, { key, passphrase }: SshKey): Promise<Ssh2Key> {
  try {
    const parsed = parsedOr(module, key) ?? parseKey(module, key, await passphraseOf(passphrase));
    if (parsed.isPrivateKey()) return parsed;
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw unreadable(cause instanceof Error ? cause.message : String(cause), cause);
  }
  throw unreadable('it is a public key', undefined);
}

/** Undefined for a key that is encrypted, or is none. */
function parsedOr(module: Ssh2Module, key: string): Ssh2Key | undefined {
  try {
    return parseKey(module, key);
  } catch {
    return undefined;
  }
}

async function passphraseOf(passphrase: SshKey['passphrase']): Promise<string | undefined> {
  return typeof passphrase === 'function' ? passphrase() : passphrase;
}

function unreadable(why: string, cause: unknown): ClientError {
  return new ClientError('invalid-argument', `The private key can't be read: ${why}`, { phase: 'prepare', cause });
}
