import type { Ssh2AuthMethod } from '../../transport/index.ts';
import { CODE_ADVICE } from '../connection/code-advice.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import type { KeyRing } from './key-ring.ts';

/** How often a server may ask something new in one keyboard-interactive login. */
const MAX_ROUNDS = 10;
const MAX_PROMPTS = 10;

/**
 * What we show a server to sign in: keys, then a password, then answers, each once, and as far as the server takes it. Behind a key that is
 * not enough answers come first, for these can be the password as well.
 */
export class SshCredentials {
  readonly #settings: ClientSettings;
  readonly #ring: KeyRing | undefined;
  /** Called with what can't be got over, such as that nobody gave a password. */
  readonly #onFailure: (error: unknown) => void;
  readonly #tried = new Set<Ssh2AuthMethod['type']>();
  #isPasswordUsed = false;
  /** Whether the server has taken a key or a password and wants more. */
  #isHalfIn = false;
  #rounds = 0;

  constructor(settings: ClientSettings, ring: KeyRing | undefined, onFailure: (error: unknown) => void) {
    this.#settings = settings;
    this.#ring = ring;
    this.#onFailure = onFailure;
  }

  /**
   * The next way; undefined where there is none left.
   * @param accepted the server's ways; undefined before it has told them
   * @param isPartial whether what was shown last was right, and is not enough (RFC 4252 section 5.1)
   */
  async next(accepted: readonly string[] | undefined, isPartial: boolean): Promise<Ssh2AuthMethod | undefined> {
    const username = this.#settings.user;
    // Of a key that was right and not enough ssh2 tells neither that nor what may follow.
    const isKeyTaken = this.#ring?.hasSigned() === true;
    if (isPartial || isKeyTaken) this.#isHalfIn = true;
    if (!accepted) return { type: 'none', username };
    const takes = (type: Ssh2AuthMethod['type'], name: string = type): boolean =>
      (accepted.includes(name) || (isKeyTaken && name !== 'publickey')) && !this.#tried.has(type);
    if (this.#ring && takes('agent', 'publickey')) return this.#use({ type: 'agent', username, agent: this.#ring });
    const isAskedFirst = this.#isHalfIn && takes('keyboard-interactive');
    if (!isAskedFirst && takes('password') && !this.#isPasswordUsed) {
      const password = await this.#password();
      return this.#use({ type: 'password', username, password });
    }
    if (takes('keyboard-interactive') && this.#isWorthAsking()) {
      return this.#use({
        type: 'keyboard-interactive',
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          this.#answers(prompts).then(finish, this.#onFailure);
        },
      });
    }
    return undefined;
  }

  #use(method: Ssh2AuthMethod): Ssh2AuthMethod {
    this.#tried.add(method.type);
    return method;
  }

  /** A password that was refused is asked for once more. Without anybody to answer, the refusal is what counts. */
  #isWorthAsking(): boolean {
    return this.#isHalfIn || !this.#tried.has('password') || this.#settings.ssh.answer !== undefined;
  }

  async #password(): Promise<string> {
    this.#isPasswordUsed = true;
    try {
      return await this.#settings.password();
    } catch (cause) {
      if (!this.#tried.has('agent') || this.#isHalfIn) throw cause;
      const message = `The server took none of the keys. ${cause instanceof Error ? cause.message : ''}`.trimEnd();
      throw new ClientError('login-refused', message, { phase: 'login', cause });
    }
  }

  /**
   * The first hidden question is taken for the password, where that was not refused before. Behind a key it may as well be for a code,
   * which the password must not be sent for: it would count as a wrong one.
   */
  #isForPassword(prompt: string, echo: boolean): boolean {
    return !echo && !this.#isPasswordUsed && (!this.#isHalfIn || /passw/i.test(prompt));
  }

  async #answers(prompts: readonly { readonly prompt: string; readonly echo: boolean }[]): Promise<readonly string[]> {
    this.#rounds += 1;
    if (this.#rounds > MAX_ROUNDS || prompts.length > MAX_PROMPTS)
      throw new ClientError('protocol', 'The server asks too many questions', { phase: 'login' });
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      answers.push(this.#isForPassword(prompt, echo) ? await this.#password() : await this.#answer(prompt, echo));
    }
    return answers;
  }

  async #answer(prompt: string, isVisible: boolean): Promise<string> {
    const { answer } = this.#settings.ssh;
    if (answer) return answer({ prompt, isVisible });
    const advice = this.#isPasswordUsed ? `. ${CODE_ADVICE}` : '';
    const message = `The server asks ${JSON.stringify(prompt)}, and there is nobody to answer it${advice}`;
    throw new ClientError('login-refused', message, { phase: 'login' });
  }
}
