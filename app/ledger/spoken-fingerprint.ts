import { hash } from 'node:crypto';

const groups = 8;
const digitsPerGroup = 5;

/**
 * How hard it is to find something else with the same {@link spokenFingerprint}, as a power of two: 40 decimal digits
 * are 132 bits. Someone who may prepare both of two texts needs half as many, 66.
 */
export const spokenFingerprintBits = Math.floor(groups * digitsPerGroup * Math.log2(10));

/** SHA-256 of a text as eight groups of five digits: to be read aloud, in any language, and written down by hand. */
export function spokenFingerprint(text: string): string {
  const digest = BigInt(`0x${hash('sha256', text, 'hex')}`);
  const digits = digest % 10n ** BigInt(groups * digitsPerGroup);
  const padded = digits.toString().padStart(groups * digitsPerGroup, '0');
  return (padded.match(/.{5}/g) ?? []).join(' ');
}
