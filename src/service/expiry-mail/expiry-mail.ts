import { background, type Publish } from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { expiringAccounts, expiringCertificates } from '../expiry/expiring.ts';
import { createMailer, MailError, type Mailer } from '../mail/mailer.ts';
import { addressed } from './addressed.ts';
import { type AddressedExpiry, dueMail } from './due.ts';

const EVERY_MS = 3_600_000;
/** A mail server takes no flood; the others come with the next look. */
const MAX_AT_ONCE = 500;

interface ExpiryMailParts {
  readonly database: Pick<Database, 'accounts' | 'told'>;
  /** As it holds now. */
  readonly configuration: () => Pick<Configuration, 'expiryMail' | 'mail' | 'passwords'>;
  /** The certificates in use, PEM. */
  readonly certificates: () => readonly string[];
  readonly publish: Publish;
}

/**
 * Tells by e-mail what expires, once before and once on the day. What was told is written down when the mail server has taken it:
 * a crash loses no e-mail, and can repeat one at the most, whose Message-ID is the same. Disposing it waits for the one under way.
 */
export class ExpiryMail implements AsyncDisposable {
  readonly #parts: ExpiryMailParts;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #isEnding = false;

  constructor(parts: ExpiryMailParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#begin(), EVERY_MS).unref();
    this.#begin();
  }

  /** For settings that have changed. */
  reloaded(): void {
    this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  #begin(): void {
    if (this.#running || !this.#parts.configuration().expiryMail.enabled) return;
    this.#running = this.#look().finally(() => {
      this.#running = undefined;
    });
    background(this.#running, () => undefined);
  }

  /** Never rejects: what failed is told, and tried again by the next look. */
  async #look(): Promise<void> {
    try {
      const mailer = await createMailer(this.#parts.configuration().mail);
      let sent = 0;
      for await (const expiring of this.#expiring()) {
        if (this.#isEnding || sent >= MAX_AT_ONCE) return;
        if (await this.#tell(mailer, expiring)) sent += 1;
      }
    } catch (error) {
      this.#warn('E-mails about what expires could not be sent; they are tried again in an hour', error);
    }
  }

  async *#expiring(): AsyncGenerator<AddressedExpiry> {
    const { database, configuration, certificates } = this.#parts;
    const { administrators } = configuration().expiryMail;
    for (const expiring of expiringCertificates(certificates())) yield* toldTo(addressed(expiring, administrators));
    for await (const expiring of expiringAccounts(database.accounts, () => configuration().passwords))
      yield* toldTo(addressed(expiring, administrators));
  }

  /** Gives whether an e-mail was sent. @throws where the mail server takes none */
  async #tell(mailer: Mailer, expiring: AddressedExpiry): Promise<boolean> {
    const { database, configuration, publish } = this.#parts;
    const due = dueMail(expiring, configuration().expiryMail.daysBefore, Date.now());
    if (!due || (await database.told.has(due.keys[0]))) return false;
    try {
      await mailer.send(due.mail);
    } catch (error) {
      // One address that the server does not take keeps no other from being told.
      if (!(error instanceof MailError && error.isOfThisMail)) throw error;
      this.#warn(`The holder of the ${expiring.what} ${expiring.of} could not be told that it expires`, error);
      return true;
    }
    await database.told.mark(due.keys);
    publish({ event: 'notice', message: `Told by e-mail: ${due.mail.subject}` });
    return true;
  }

  #warn(message: string, error: unknown): void {
    this.#parts.publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
  }
}

function toldTo(expiry: AddressedExpiry | undefined): readonly AddressedExpiry[] {
  return expiry ? [expiry] : [];
}

/** @throws StartError where e-mails are asked for and can't be sent; CertificateError */
export async function checkExpiryMail({ expiryMail, mail }: Pick<Configuration, 'expiryMail' | 'mail'>): Promise<void> {
  if (expiryMail.enabled) await createMailer(mail);
}
