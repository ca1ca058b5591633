import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 32 random bytes, fit for an address or a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Takes the same time wherever the two differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

/** A secret that opens once. */
export class OneTimeToken {
  readonly secret = newSecret();
  #isSpent = false;

  /** True the first time that it is given rightly, and never again. */
  spend(given: string): boolean {
    if (this.#isSpent || !isSameSecret(given, this.secret)) return false;
    this.#isSpent = true;
    return true;
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
