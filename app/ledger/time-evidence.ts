import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { cosignedAt, parseWitness } from './cosignature.ts';
import type { LedgerContent } from './entry.ts';
import { authorityOf, isTokenFor, readToken } from './timestamp-token.ts';

/*
 * What others say of when the ledger was what it was. An entry's own time is only what this machine's clock said. Whoever
 * saw a checkpoint, saw all entries that it counts: those existed by then.
 */

export type EvidenceContent = Extract<
  LedgerContent,
  { kind: 'checkpoint-witnessed' | 'checkpoint-timestamped' }
>;

/** What one piece of evidence says. */
export interface TimeEvidence {
  readonly kind: 'witness' | 'authority';
  /** How many entries, from the first, existed by the time. */
  readonly size: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Who says so. An authority has a name only where its signature was checked. */
  readonly by: string;
}

/** Said where there is no evidence. */
export const assertedTime = 'time asserted by this machine';

/**
 * What evidence says, its signature not checked where it is a token's: see {@link checkedEvidence}. A witness's signature is checked, and that a token
 * is for the checkpoint.
 * @returns a sentence when it is no evidence
 */
export function evidenceOf({ kind, payload }: EvidenceContent): TimeEvidence | string {
  const checkpoint = parseCheckpoint(payload.checkpoint);
  if (checkpoint === null) return 'The checkpoint is none: it was changed, or is another file.';
  return kind === 'checkpoint-witnessed'
    ? witnessed(checkpoint, payload.witness)
    : timestamped(checkpoint, payload);
}

function witnessed(checkpoint: SignedCheckpoint, written: string): TimeEvidence | string {
  const witness = parseWitness(written);
  if (witness === null) {
    return `“${written}” is no key of a witness. It is written as name, identifier and key, joined by plus signs.`;
  }
  const time = cosignedAt(checkpoint, witness);
  return time === null
    ? `The checkpoint is not signed by the witness ${witness.name} with the key given.`
    : { kind: 'witness', size: checkpoint.size, time: time.toISOString(), by: witness.name };
}

function timestamped(
  { size }: SignedCheckpoint,
  { checkpoint, token }: { checkpoint: string; token: string },
): TimeEvidence | string {
  const read = readToken(Buffer.from(token, 'base64'));
  if (read === null) return 'The time-stamp is none (RFC 3161), or damaged.';
  return isTokenFor(read, checkpoint)
    ? { kind: 'authority', size, time: read.time.toISOString(), by: 'time-stamping authority' }
    : 'The time-stamp is not for the checkpoint given: it holds another SHA-256.';
}

/**
 * Checks all signatures.
 * @returns a sentence when it is no evidence
 */
export async function checkedEvidence(content: EvidenceContent): Promise<TimeEvidence | string> {
  const evidence = evidenceOf(content);
  if (typeof evidence === 'string' || content.kind === 'checkpoint-witnessed') return evidence;
  const token = readToken(Buffer.from(content.payload.token, 'base64'));
  if (token === null) throw new Error('it was read before');
  const authority = await authorityOf(token, content.payload.checkpoint);
  return typeof authority === 'string'
    ? authority
    : { ...evidence, by: `${authority.name} (certificate ${authority.certificate})` };
}

/** The earliest time by which somebody else saw an entry; null when nobody did. */
export function earliestFor(
  sequence: number,
  evidence: readonly TimeEvidence[],
): TimeEvidence | null {
  return evidence
    .filter(({ size }) => size >= sequence)
    .reduce<TimeEvidence | null>(
      (earliest, other) => (earliest === null || other.time < earliest.time ? other : earliest),
      null,
    );
}
