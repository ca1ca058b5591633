import type { SignedCheckpoint } from './checkpoint.ts';
import { parseNoteKey, signaturesBy, signatureTypes, type NoteKey } from './signed-note.ts';
import { bareSignatureHolds } from './signing.ts';

/*
 * Cosignatures as C2SP defines them (c2sp.org/tlog-cosignature), of the kind made with Ed25519: a witness says that it
 * saw the ledger grow to this checkpoint from whatever it saw of it before, and when.
 */

/** The key of a witness as it is written down: name, identifier and key. Null when it is none. */
export function parseWitness(text: string): NoteKey | null {
  return parseNoteKey(text, signatureTypes.cosignature);
}

/**
 * When the witness saw the checkpoint.
 * @returns null when it did not sign it, or not like this
 */
export function cosignedAt({ note }: SignedCheckpoint, witness: NoteKey): Date | null {
  for (const bytes of signaturesBy(note, witness)) {
    if (bytes.length !== 8 + 64) continue;
    const seconds = bytes.readBigUInt64BE(0);
    const message = `cosignature/v1\ntime ${String(seconds)}\n${note.text}`;
    const holds = bareSignatureHolds(witness.publicKey, Buffer.from(message), bytes.subarray(8));
    const time = new Date(Number(seconds) * 1000);
    if (holds && !Number.isNaN(time.getTime())) return time;
  }
  return null;
}
