import {
  decodedBase64,
  formatSignature,
  parseNote,
  signaturesBy,
  signatureTypes,
  type NoteKey,
  type SignedNote,
} from './signed-note.ts';
import { bareSignatureHolds, type Signer } from './signing.ts';

/*
 * Checkpoints as C2SP defines them (c2sp.org/tlog-checkpoint): a signed note of three lines, which are the log's origin,
 * the number of its entries and the root of their Merkle tree. Whoever has one can tell later whether the ledger that it
 * is of was cut, replaced or written anew.
 */

export interface Checkpoint {
  /** The origin line: the ledger's own, see {@link originLine}. */
  readonly origin: string;
  /** Of the tree: how many entries the ledger had. */
  readonly size: number;
  /** Of the tree, 32 bytes. */
  readonly root: Buffer;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
}

/** @param origin the ledger's: 32 hexadecimal digits */
export function originLine(origin: string): string {
  return `lethe-ledger/${origin}`;
}

/** @returns the note, signed by the ledger */
export function signCheckpoint({ origin, size, root }: Checkpoint, signer: Signer): string {
  const text = `${origin}\n${String(size)}\n${root.toString('base64')}\n`;
  const key = ledgerKey(origin, signer.publicKey);
  return `${text}\n${formatSignature(key, signer.signNote(text))}\n`;
}

/** @returns null when it is no checkpoint; whether its signatures hold is another question */
export function parseCheckpoint(text: string): SignedCheckpoint | null {
  const note = parseNote(text);
  const lines = note?.text.slice(0, -1).split('\n') ?? [];
  // More lines would be extensions, and a ledger's checkpoints have none.
  if (note === null || lines.length !== 3) return null;
  const [origin, size, encoded] = lines;
  const root = decodedBase64(encoded);
  if (origin === '' || !/^(0|[1-9]\d{0,9})$/.test(size) || root?.length !== 32) return null;
  return { origin, size: Number(size), root, note };
}

/** Whether the ledger's key signed it: every signature that says to be by that key must hold. */
export function isSignedBy({ origin, note }: SignedCheckpoint, publicKey: string): boolean {
  const signatures = signaturesBy(note, ledgerKey(origin, publicKey));
  const text = Buffer.from(note.text);
  return (
    signatures.length > 0 &&
    signatures.every((signature) => bareSignatureHolds(publicKey, text, signature))
  );
}

function ledgerKey(origin: string, publicKey: string): NoteKey {
  return { name: origin, type: signatureTypes.ed25519, publicKey };
}
