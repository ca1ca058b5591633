import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSignedBy,
  originLine,
  parseCheckpoint,
  signCheckpoint,
} from '../../../app/ledger/checkpoint.ts';
import {
  formatNoteKey,
  parseNote,
  parseNoteKey,
  signaturesBy,
  signatureTypes,
} from '../../../app/ledger/signed-note.ts';
import { bareSignatureHolds, newPrivateKey, signerOf } from '../../../app/ledger/signing.ts';
import {
  spokenFingerprint,
  spokenFingerprintBits,
} from '../../../app/ledger/spoken-fingerprint.ts';

/** Of the documentation of Go's golang.org/x/mod/sumdb/note, where the format comes from. */
const published = {
  key: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  note: `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`,
};

describe('a signed note', () => {
  it('is read and verified as Go does', () => {
    const key = parseNoteKey(published.key, signatureTypes.ed25519);
    const note = parseNote(published.note);
    if (key === null || note === null) throw new Error('unreadable');
    const [signature, ...others] = signaturesBy(note, key);
    expect(others).toEqual([]);
    expect(bareSignatureHolds(key.publicKey, Buffer.from(note.text), signature)).toBe(true);
    expect(formatNoteKey(key)).toBe(published.key);
  });

  it.each([
    ['without signatures', 'text\n\n'],
    ['without a blank line', 'text\n— name AAAAAAA=\n'],
    ['that ends without a line feed', published.note.slice(0, -1)],
    ['with a control character', published.note.replace('If', '\u0007If')],
    ['with a carriage return', published.note.replaceAll('\n', '\r\n')],
    ['with a hyphen for a dash', published.note.replace('—', '-')],
    ['with a signature not in Base64', published.note.replace('x08g', 'x0_g')],
    ['with Base64 that has another form, too', published.note.replace('nAM=', 'nAN=')],
    ['with a plus in a name', published.note.replace('PeterNeumann', 'Peter+Neumann')],
    ['of endless size', `${'text\n'.repeat(20_000)}\n— name AAAAAAA=\n`],
    ['of half a character', published.note.replace('If', '\ud800')],
  ])('is none %s', (_, text) => {
    expect(parseNote(text)).toBeNull();
  });

  it.each([
    ['of another type', published.key, signatureTypes.cosignature],
    ['with another name', published.key.replace('Peter', 'Petra'), signatureTypes.ed25519],
    ['with another identifier', published.key.replace('c74f', 'c74e'), signatureTypes.ed25519],
    ['cut short', published.key.slice(0, -4), signatureTypes.ed25519],
    ['that is nothing', '', signatureTypes.ed25519],
  ])('is verified with no key %s', (_, text, type) => {
    expect(parseNoteKey(text, type)).toBeNull();
  });
});

const anyCheckpoint = fc.record({
  origin: fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => originLine(Buffer.from(bytes).toString('hex'))),
  size: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
});

describe('a checkpoint', () => {
  const signer = signerOf(newPrivateKey());

  it('says the same after it was written and read', () => {
    fc.assert(
      fc.property(anyCheckpoint, (checkpoint) => {
        const text = signCheckpoint(checkpoint, signer);
        const read = parseCheckpoint(text);
        expect(read).toMatchObject(checkpoint);
        expect(read && isSignedBy(read, signer.publicKey)).toBe(true);
        expect(text.split('\n').slice(0, 4)).toEqual([
          checkpoint.origin,
          String(checkpoint.size),
          checkpoint.root.toString('base64'),
          '',
        ]);
      }),
    );
  });

  it('does not verify with any byte changed', () => {
    const root = Buffer.alloc(32, 7);
    const text = signCheckpoint({ origin: originLine('ab'.repeat(16)), size: 42, root }, signer);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 0x20, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at] ^= bit;
        const read = parseCheckpoint(changed.toString('utf8'));
        expect(read !== null && isSignedBy(read, signer.publicKey), `byte ${String(at)}`).toBe(
          false,
        );
      }
    }
  });

  it('is not of another key, nor of another origin with the same key', () => {
    const checkpoint = { origin: originLine('00'.repeat(16)), size: 1, root: Buffer.alloc(32) };
    const text = signCheckpoint(checkpoint, signer);
    const read = parseCheckpoint(text);
    const other = parseCheckpoint(text.replaceAll('lethe-ledger/00', 'lethe-ledger/11'));
    if (read === null || other === null) throw new Error('unreadable');
    expect(isSignedBy(read, signerOf(newPrivateKey()).publicKey)).toBe(false);
    expect(isSignedBy(other, signer.publicKey)).toBe(false);
  });

  it('keeps its signature when a witness adds one', () => {
    const checkpoint = { origin: originLine('00'.repeat(16)), size: 1, root: Buffer.alloc(32) };
    const text = `${signCheckpoint(checkpoint, signer)}— witness.example/w AAAAAAA=\n`;
    const read = parseCheckpoint(text);
    expect(read && isSignedBy(read, signer.publicKey)).toBe(true);
  });

  it.each([
    ['a size with a zero before it', '042'],
    ['a size with a sign', '+42'],
    ['a size in other digits', '٤٢'],
    ['a size beyond all ledgers', '42000000000'],
    ['another line', '42\nmore'],
  ])('is none with %s', (_, size) => {
    const root = Buffer.alloc(32).toString('base64');
    expect(parseCheckpoint(`lethe-ledger/1\n42\n${root}\n\n— a AAAAAAA=\n`)).not.toBeNull();
    expect(parseCheckpoint(`lethe-ledger/1\n${size}\n${root}\n\n— a AAAAAAA=\n`)).toBeNull();
  });
});

describe('a fingerprint to read aloud', () => {
  it('is eight groups of five digits, another one for another text', () => {
    const all = new Set(Array.from({ length: 1000 }, (_, at) => spokenFingerprint(String(at))));
    expect(all.size).toBe(1000);
    for (const fingerprint of all) expect(fingerprint).toMatch(/^\d{5}( \d{5}){7}$/);
    expect(spokenFingerprintBits).toBe(132);
  });
});
