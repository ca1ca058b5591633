import { hash } from 'node:crypto';

/* Signed notes as C2SP defines them (c2sp.org/signed-note): a text, a blank line, and lines of signatures. */

/** What kind of signature a key makes, as the note's format numbers them. */
export const signatureTypes = { ed25519: 1, cosignature: 4 } as const;
type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

interface NoteSignature {
  readonly name: string;
  /** 4 bytes as hexadecimal digits. */
  readonly keyId: string;
  /** Without the key's identifier. */
  readonly signature: Buffer;
}

export interface SignedNote {
  /** Ends with a line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A public key and what signs with it. */
export interface NoteKey {
  readonly name: string;
  readonly type: SignatureType;
  /** Ed25519, 32 bytes as hexadecimal digits. */
  readonly publicKey: string;
}

/** Far more than a checkpoint with all the witnesses there may be. */
const largestNote = 1 << 16;
/** No spaces (Unicode's, too), and no plus. */
const keyName = /^[^\s+]+$/u;
const signatureLine = /^— (\S+) (\S+)$/u;

/** @returns null when it is no signed note */
export function parseNote(text: string): SignedNote | null {
  const hasControls = /[\u0000-\u0009\u000b-\u001f]/.test(text); // eslint-disable-line no-control-regex
  if (text.length > largestNote || hasControls || !text.isWellFormed()) return null;
  const blank = text.lastIndexOf('\n\n');
  if (blank === -1 || !text.endsWith('\n')) return null;
  const lines = text.slice(blank + 2, -1).split('\n');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name = '', encoded = ''] = signatureLine.exec(line) ?? [];
    const bytes = decodedBase64(encoded);
    if (!keyName.test(name) || bytes === null || bytes.length < 5) return null;
    signatures.push({
      name,
      keyId: bytes.toString('hex', 0, 4),
      signature: bytes.subarray(4),
    });
  }
  return { text: text.slice(0, blank + 1), signatures };
}

/** The line of one signature, without its line feed. */
export function formatSignature(key: NoteKey, signature: Uint8Array): string {
  const bytes = Buffer.concat([Buffer.from(keyIdOf(key), 'hex'), signature]);
  return `— ${key.name} ${bytes.toString('base64')}`;
}

/** The signatures of a note that say to be by this key. */
export function signaturesBy(note: SignedNote, key: NoteKey): Buffer[] {
  const keyId = keyIdOf(key);
  return note.signatures
    .filter((other) => other.name === key.name && other.keyId === keyId)
    .map(({ signature }) => signature);
}

/** How a key is written down, to be given to a verifier: name, identifier and key, joined by plus signs. */
export function formatNoteKey(key: NoteKey): string {
  const encoded = Buffer.concat([Buffer.of(key.type), Buffer.from(key.publicKey, 'hex')]);
  return `${key.name}+${keyIdOf(key)}+${encoded.toString('base64')}`;
}

/** @returns null when it is no key, or none of this type */
export function parseNoteKey(text: string, type: SignatureType): NoteKey | null {
  const [name = '', keyId, ...rest] = text.split('+');
  // Base64 has plus signs, too.
  const bytes = decodedBase64(rest.join('+'));
  if (!keyName.test(name) || bytes?.length !== 33 || bytes[0] !== type) return null;
  const key = { name, type, publicKey: bytes.toString('hex', 1) };
  return keyIdOf(key) === keyId ? key : null;
}

/** SHA-256(name || 0x0A || type || public key)[:4], as hexadecimal digits. */
function keyIdOf({ name, type, publicKey }: NoteKey): string {
  const bytes = Buffer.concat([
    Buffer.from(`${name}\n`),
    Buffer.of(type),
    Buffer.from(publicKey, 'hex'),
  ]);
  return hash('sha256', bytes, 'hex').slice(0, 8);
}

/** @returns null for what is not the one Base64 form of its bytes (RFC 4648, section 4) */
export function decodedBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
