import type { Limits, PublicKey } from '../../../core/index.ts';
import { parseKey, type Ssh2Attempt, type Ssh2Module } from '../../../transport/index.ts';
import { isSecurityKey, isSignedBySecurityKey } from '../security-key.ts';
import type { SshAttempt, SshListener, SshVerdict } from '../transport.ts';

/** What may follow (RFC 4252 section 5.1). */
const METHODS = ['publickey', 'password', 'keyboard-interactive'];
const AFTER: { readonly [verdict in 'password-missing' | 'code-missing']: readonly string[] } = {
  'password-missing': ['password', 'keyboard-interactive'],
  'code-missing': ['keyboard-interactive'],
};

/** What is asked for (RFC 4256 section 3.2). */
const PASSWORD = { kind: 'password', prompt: 'Password: ', echo: false } as const;
const CODE = { kind: 'code', prompt: 'Code of your authenticator: ', echo: true } as const;

/** Answers the requests to sign in of one connection. */
export class Attempts {
  readonly #module: Ssh2Module;
  readonly #limits: Limits;
  readonly #listener: SshListener;
  readonly #end: (reason: string) => void;
  #count = 0;
  #isChecking = false;
  #isOver = false;
  /** Whose code is all that is missing. */
  #codeAwaitedOf: string | undefined;

  /** @param end ends the connection */
  constructor(module: Ssh2Module, limits: Limits, listener: SshListener, end: (reason: string) => void) {
    this.#module = module;
    this.#limits = limits;
    this.#listener = listener;
    this.#end = end;
  }

  async answer(attempt: Ssh2Attempt): Promise<void> {
    if (this.#isOver) return;
    this.#count += 1;
    if (this.#count > this.#limits.maxSshAuthRequests) return this.#finish('too many requests to sign in');
    // ssh2 lets one through behind an answer to its question, and drops what the first one comes to.
    if (this.#isChecking) return this.#finish('a request to sign in came before the last one was answered');
    const isAsked = attempt.method === 'keyboard-interactive';
    const isCode = isAsked && this.#codeAwaitedOf === attempt.username;
    this.#codeAwaitedOf = undefined;
    const shown = isAsked ? await this.#ask(attempt, isCode ? CODE : PASSWORD) : this.#shownIn(attempt);
    if (shown === 'withdrawn' || this.#isOver) return;
    let verdict = await this.#judge(attempt, shown);
    if (verdict === 'code-missing' && isAsked) {
      // One exchange asks for both.
      const code = await this.#ask(attempt, CODE);
      if (code === 'withdrawn' || this.#isOver) return;
      verdict = await this.#judge(attempt, code);
    }
    if (!this.#isOver) this.#reply(attempt, verdict);
  }

  async #judge({ username }: Ssh2Attempt, shown: SshAttempt | undefined): Promise<SshVerdict> {
    this.#isChecking = true;
    const verdict = shown ? await this.#listener.signIn(username, shown) : 'refused';
    this.#isChecking = false;
    return verdict;
  }

  #reply(attempt: Ssh2Attempt, verdict: SshVerdict): void {
    if (verdict === 'code-missing') this.#codeAwaitedOf = attempt.username;
    try {
      if (verdict === 'accepted') attempt.accept();
      else if (verdict === 'password-missing' || verdict === 'code-missing') attempt.reject(AFTER[verdict], true);
      else attempt.reject(METHODS);
      if (verdict === 'end') this.#finish('sent away');
    } catch {
      // The connection has ended meanwhile, and nobody hears the answer.
    }
  }

  /** No further attempt is answered. */
  stop(): void {
    this.#isOver = true;
  }

  #finish(reason: string): void {
    this.#isOver = true;
    this.#end(reason);
  }

  /**
   * Asks for the password, as programs do that know no other way, or for a code. `withdrawn`: the peer has begun anew in place of
   * an answer. Its answer counts as being checked from the moment that it is there: what is in the same chunk behind it comes too
   * early.
   */
  async #ask(
    attempt: Ssh2Attempt,
    { kind, prompt, echo }: typeof PASSWORD | typeof CODE,
  ): Promise<SshAttempt | 'withdrawn' | undefined> {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    attempt.prompt?.([{ prompt, echo }], (answers) => {
      this.#isChecking = !(answers instanceof Error);
      resolve(answers);
    });
    const answers = await promise;
    if (answers instanceof Error) return 'withdrawn';
    if (!Array.isArray(answers) || answers.length !== 1) return undefined;
    const [answer] = answers as readonly unknown[];
    if (typeof answer !== 'string') return undefined;
    return kind === 'code' ? { kind, code: answer.trim() } : { kind, password: answer };
  }

  /** Undefined for what proves nothing: `none`, a method that there is not, a key or signature that does not hold. */
  #shownIn({ method, password, key, hashAlgo, signature, blob }: Ssh2Attempt): SshAttempt | undefined {
    if (method === 'password') return typeof password === 'string' ? { kind: 'password', password } : undefined;
    if (method !== 'publickey' || !key) return undefined;
    // SHA-1 signs no RSA key here (RFC 8332): a hash is named by the algorithms that are left.
    if (key.algo === 'ssh-rsa' && hashAlgo === undefined) return undefined;
    const shown: PublicKey = { algorithm: key.algo, blob: Uint8Array.from(key.data) };
    if (signature === undefined) return { kind: 'key-offer', key: shown };
    return blob && this.#isSigned(shown, { hashAlgo, signature, blob }) ? { kind: 'key', key: shown } : undefined;
  }

  #isSigned(
    { algorithm, blob: keyBlob }: PublicKey,
    {
      hashAlgo,
      signature,
      blob,
    }: Pick<Ssh2Attempt, 'hashAlgo'> & { readonly signature: Buffer; readonly blob: Buffer },
  ): boolean {
    const shown: PublicKey = { algorithm, blob: keyBlob };
    if (isSecurityKey(shown)) return isSignedBySecurityKey(shown, blob, signature);
    try {
      const base64 = Buffer.from(keyBlob).toString('base64');
      const key = parseKey(this.#module, `${algorithm} ${base64}`);
      if (key.type !== algorithm || !key.getPublicSSH().equals(keyBlob)) return false;
      return key.verify(blob, signature, hashAlgo) === true;
    } catch {
      return false;
    }
  }
}
