import type { Limits } from '../../../core/index.ts';

const WINDOW_MS = 60_000;

interface KeyAgeParts {
  readonly renew: () => void;
  readonly onTooMany: () => void;
}

/** Has keys exchanged anew after so many bytes, and after so long (RFC 4253 section 9): ssh2 never asks for that by itself. */
export class KeyAge {
  readonly #limits: Limits;
  readonly #parts: KeyAgeParts;
  readonly #timer: NodeJS.Timeout;
  #exchangedAt = 0;
  #isAsked = false;
  #exchanges = 0;
  #windowEnds = 0;

  constructor(limits: Limits, parts: KeyAgeParts) {
    this.#limits = limits;
    this.#parts = parts;
    this.#timer = setInterval(() => this.#renew(), limits.sshRekeyMs).unref();
  }

  /** Keys were exchanged, at this count of bytes. */
  exchanged(bytes: number): void {
    this.#exchangedAt = bytes;
    this.#isAsked = false;
    this.#timer.refresh();
    const now = performance.now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW_MS;
      this.#exchanges = 0;
    }
    this.#exchanges += 1;
    if (this.#exchanges > this.#limits.maxSshKeyExchanges) this.#parts.onTooMany();
  }

  /** So many bytes have moved since the connection began. */
  moved(bytes: number): void {
    if (bytes - this.#exchangedAt >= this.#limits.sshRekeyBytes) this.#renew();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #renew(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#parts.renew();
  }
}
