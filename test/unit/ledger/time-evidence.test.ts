import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger, readLedger, verifyLedger, type Ledger } from '../../../app/ledger/ledger.ts';
import {
  formatNoteKey,
  formatSignature,
  signatureTypes,
  type NoteKey,
} from '../../../app/ledger/signed-note.ts';
import { newPrivateKey, publicKeyOf } from '../../../app/ledger/signing.ts';
import {
  checkedEvidence,
  earliestFor,
  evidenceOf,
  type EvidenceContent,
} from '../../../app/ledger/time-evidence.ts';
import { authorityOf, isTokenFor, readToken } from '../../../app/ledger/timestamp-token.ts';
import { problemOf } from '../../problem-of.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { noAuthorityReason, openAuthority } from './timestamping.ts';

/** A witness as c2sp.org/tlog-cosignature has it: what it signs is put together here by the letter of that text. */
function makeWitness(name: string): {
  key: string;
  cosign: (checkpoint: string, seconds: number) => string;
} {
  const privateKey = newPrivateKey();
  const key: NoteKey = {
    name,
    type: signatureTypes.cosignature,
    publicKey: publicKeyOf(privateKey),
  };
  return {
    key: formatNoteKey(key),
    cosign(checkpoint, seconds) {
      const body = checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1);
      const message = Buffer.from(`cosignature/v1\ntime ${String(seconds)}\n${body}`);
      const timestamp = Buffer.alloc(8);
      timestamp.writeBigUInt64BE(BigInt(seconds));
      const signature = Buffer.concat([timestamp, sign(null, message, privateKey)]);
      return `${checkpoint}${formatSignature(key, signature)}\n`;
    },
  };
}

function append(ledger: Ledger): void {
  ledger.append({ kind: 'run-cancelled', case: '2026-0001', payload: {} });
}

const witnessed = (checkpoint: string, witness: string): EvidenceContent => ({
  kind: 'checkpoint-witnessed',
  case: null,
  payload: { checkpoint, witness },
});

const timestamped = (checkpoint: string, token: Buffer): EvidenceContent => ({
  kind: 'checkpoint-timestamped',
  case: null,
  payload: { checkpoint, token: token.toString('base64') },
});

const noon = Date.UTC(2026, 10, 25, 12) / 1000;

describe('a checkpoint signed by a witness', () => {
  it('says by when the entries that it counts existed, and no others', () => {
    const folder = temporaryFolder();
    const witness = makeWitness('witness.example/one');
    const ledger = openLedger(folder, '0.1.0');
    append(ledger);
    const content = witnessed(witness.cosign(ledger.checkpoint(), noon), witness.key);
    append(ledger);
    const evidence = {
      kind: 'witness',
      size: 2,
      time: '2026-11-25T12:00:00.000Z',
      by: 'witness.example/one',
    };
    expect(ledger.addEvidence(content)).toEqual(evidence);
    expect(ledger.page({ count: 9 }).map((listed) => listed.evidence)).toEqual([
      ...[null, null],
      ...[evidence, evidence],
    ]);
    ledger.close();
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 4 });
  });

  it('may be from before the key was replaced', () => {
    const witness = makeWitness('witness.example/one');
    const ledger = openLedger(temporaryFolder(), '0.1.0');
    const cosigned = witness.cosign(ledger.checkpoint(), noon);
    ledger.rotateKey();
    const cosignedLater = witness.cosign(ledger.checkpoint(), noon + 1);
    ledger.rotateKey();
    expect(ledger.addEvidence(witnessed(cosigned, witness.key))).toMatchObject({ size: 1 });
    expect(ledger.addEvidence(witnessed(cosignedLater, witness.key))).toMatchObject({ size: 2 });
    ledger.close();
  });

  it('is refused with another key, another time, another text or another ledger', () => {
    const witness = makeWitness('witness.example/one');
    const ledger = openLedger(temporaryFolder(), '0.1.0');
    const other = openLedger(temporaryFolder(), '0.1.0');
    append(ledger);
    const cosigned = witness.cosign(ledger.checkpoint(), noon);
    const refusal = (content: EvidenceContent): string =>
      problemOf(() => ledger.addEvidence(content)).sentence;

    const sameName = makeWitness('witness.example/one');
    expect(refusal(witnessed(cosigned, sameName.key))).toMatch(/not signed by the witness/);
    expect(refusal(witnessed(ledger.checkpoint(), witness.key))).toMatch(
      /not signed by the witness/,
    );
    expect(refusal(witnessed(cosigned, 'a key'))).toMatch(/is no key of a witness/);
    expect(refusal(witnessed('a text', witness.key))).toMatch(/The checkpoint is none/);
    expect(refusal(witnessed(cosigned.replace('\n2\n', '\n1\n'), witness.key))).toMatch(
      /not signed by the witness/,
    );
    expect(refusal(witnessed(witness.cosign(other.checkpoint(), noon), witness.key))).toMatch(
      /not one that this ledger made/,
    );
    const forged = ledger.checkpoint().replace('\n2\n', '\n1\n');
    expect(refusal(witnessed(witness.cosign(forged, noon), witness.key))).toMatch(
      /not one that this ledger made/,
    );
    expect([...ledger.entries()]).toHaveLength(2);
    ledger.close();
    other.close();
  });
});

/** Made once by OpenSSL 3 as a time-stamping authority. */
const made = join(import.meta.dirname, 'time-stamp');
const stamped = readFileSync(join(made, 'checkpoint.txt'), 'utf8');
const response = readFileSync(join(made, 'response.tsr'));

describe('a time-stamp', () => {
  it('is read as OpenSSL wrote it, and its signature checked', async () => {
    const token = readToken(response);
    if (token === null) throw new Error('unreadable');
    expect(isTokenFor(token, stamped)).toBe(true);
    expect(isTokenFor(token, `${stamped}\n`)).toBe(false);
    expect(token.time.toISOString()).toMatch(/^2026-11-25T\d\d:\d\d:\d\d.000Z$/);
    expect(await authorityOf(token, stamped)).toMatchObject({
      name: 'O=Example, CN=Example Time Authority',
    });
    expect(await checkedEvidence(timestamped(stamped, response))).toMatchObject({
      kind: 'authority',
      size: 42,
    });
  });

  it('does not hold with a byte changed, or says the very same', async () => {
    const original = await checkedEvidence(timestamped(stamped, response));
    let unread = 0;
    for (let at = 0; at < response.length; at += 5) {
      const changed = Buffer.from(response);
      changed[at] ^= 1;
      const found = await checkedEvidence(timestamped(stamped, changed));
      if (typeof found === 'string') continue;
      // Bytes that nobody signed, such as the status of the response.
      expect(found, `byte ${String(at)}`).toEqual(original);
      unread++;
    }
    expect(unread).toBeLessThan(20);
  });

  it('is none when it is cut short, empty or something else', () => {
    for (let length = 0; length < response.length; length += 7) {
      expect(readToken(response.subarray(0, length))).toBeNull();
    }
    expect(evidenceOf(timestamped(stamped, Buffer.from('a text')))).toMatch(/is none \(RFC 3161\)/);
  });

  it.for(['rsa:2048', 'ec'])(
    'of an authority with a key of the kind %s is taken in, and what was not checked is said',
    async (kind, context) => {
      const reason = noAuthorityReason();
      if (reason !== null) context.skip(reason);
      const authority = openAuthority(temporaryFolder(), kind);
      const folder = temporaryFolder();
      const ledger = openLedger(folder, '0.1.0');
      append(ledger);
      const checkpoint = ledger.checkpoint();
      const content = timestamped(checkpoint, authority.stamp(checkpoint));
      expect(await checkedEvidence(content)).toMatchObject({ kind: 'authority', size: 2 });
      append(ledger);
      ledger.addEvidence(content);
      ledger.close();

      const reader = readLedger(folder);
      const [kept] = reader.evidence();
      expect(await checkedEvidence(kept)).toMatchObject({ size: 2 });
      expect(reader.page({ count: 1, before: 3 })[0].evidence).toMatchObject({ size: 2 });
      expect(reader.page({ count: 1, before: 4 })[0].evidence).toBeNull();
      reader.close();

      const otherDigest = timestamped(
        checkpoint,
        authority.stamp(checkpoint, { digest: 'sha512' }),
      );
      expect(evidenceOf(otherDigest)).toMatch(/another SHA-256/);
      const bare = timestamped(checkpoint, authority.stamp(checkpoint, { withCertificate: false }));
      expect(await checkedEvidence(bare)).toMatch(/carries no certificate/);
    },
  );
});

describe('the earliest evidence', () => {
  it('is the earliest of those that count the entry', () => {
    const evidence = (size: number, time: string) => ({
      kind: 'witness' as const,
      size,
      time: `2026-11-${time}T00:00:00.000Z`,
      by: 'w',
    });
    const all = [evidence(3, '20'), evidence(9, '22'), evidence(7, '21')];
    expect(earliestFor(2, all)?.size).toBe(3);
    expect(earliestFor(4, all)?.size).toBe(7);
    expect(earliestFor(8, all)?.size).toBe(9);
    expect(earliestFor(10, all)).toBeNull();
  });
});
