import { fromBase64, fromHex, joined, toHex, utf8, type Bytes } from './encoding.ts';
import { isSigned } from './ed25519.ts';
import type { Tree } from './merkle-tree.ts';
import { sha256 } from './sha256.ts';

/*
 * A checkpoint (c2sp.org/tlog-checkpoint) is a signed note (c2sp.org/signed-note) whose text is a log's origin, the number of its
 * entries, the root of their tree in Base64, and lines of extensions. A signature's line is an em dash, the key's name,
 * and in Base64 the key's identifier and the signature.
 */

interface NoteSignature {
  readonly name: string;
  /** 4 bytes as hexadecimal digits. */
  readonly keyId: string;
  readonly signature: Bytes;
}

export interface Note {
  /** What is signed; it ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface Checkpoint extends Tree {
  readonly origin: string;
  readonly note: Note;
}

/** @returns null when it is no signed note */
export function parseNote(whole: string): Note | null {
  const hasControls = /[\u0000-\u0009\u000b-\u001f]/.test(whole); // eslint-disable-line no-control-regex
  const blank = whole.lastIndexOf('\n\n');
  if (hasControls || !whole.isWellFormed() || blank === -1 || !whole.endsWith('\n')) return null;
  const signatures: NoteSignature[] = [];
  for (const line of whole.slice(blank + 2, -1).split('\n')) {
    const [, name = '', encoded = ''] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const bytes = fromBase64(encoded);
    if (bytes === null || bytes.length < 5) return null;
    signatures.push({ name, keyId: toHex(bytes.slice(0, 4)), signature: bytes.slice(4) });
  }
  return { text: whole.slice(0, blank + 1), signatures };
}

/** @returns null when it is no checkpoint. Whether it is signed is another question. */
export function parseCheckpoint(whole: string): Checkpoint | null {
  const note = parseNote(whole);
  if (note === null) return null;
  const [origin, decimal = '', encoded = '', ...extensions] = note.text.slice(0, -1).split('\n');
  const root = fromBase64(encoded);
  const size = /^(0|[1-9]\d{0,15})$/.test(decimal) ? Number(decimal) : NaN;
  const isOne =
    origin !== '' && Number.isSafeInteger(size) && root?.length === 32 && !extensions.includes('');
  return isOne ? { origin, size, root, note } : null;
}

/**
 * Whether the key signed the note: each signature that says to be by it must hold. Others are of keys that are not known here.
 * @param publicKey 32 bytes as hexadecimal digits. @throws NoEd25519
 */
export async function isNoteSignedBy(
  { text, signatures }: Note,
  name: string,
  publicKey: string,
): Promise<boolean> {
  const key = fromHex(publicKey);
  if (key === null) return false;
  const own = signatures.filter((one) => one.name === name && one.keyId === keyId(name, key));
  const holds = await Promise.all(own.map(({ signature }) => isSigned(key, utf8(text), signature)));
  return holds.length > 0 && holds.every(Boolean);
}

/** SHA-256(name || 0x0A || 0x01 || public key)[:4], as hexadecimal digits. */
function keyId(name: string, publicKey: Bytes): string {
  return toHex(sha256(joined(utf8(`${name}\n`), Uint8Array.of(1), publicKey)).slice(0, 4));
}
