import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCertificate, type IssuedCertificate } from '../../../app/certificate/issue.ts';
import { modelDigest } from '../../../app/certificate/model-digest.ts';
import { attachedCertificate } from '../../../app/certificate/pdf-signature.ts';
import { certificatePdf } from '../../../app/certificate/pdf.ts';
import { verifyCertificate, type Check } from '../../../app/certificate/verify.ts';
import { canonicalJson } from '../../../app/ledger/canonical-json.ts';
import { newPrivateKey, signerOf } from '../../../app/ledger/signing.ts';
import { digestOfFiles } from '../../../engine/models/tfjs-layers/model-files.ts';
import { cifarClasses, hash, people } from '../cases/sample-runs.ts';
import { finishCase, issueFor, makeDesk, type Desk } from './certificates.ts';

let desk: Desk;
let issued: IssuedCertificate;

beforeAll(async () => {
  desk = makeDesk();
  issued = await issueFor(desk, cifarClasses, [0, 2]);
});
afterAll(() => {
  desk.clear();
});

/** Outcome and sentence of each check that was run. */
function outcomes(file: string, context?: Parameters<typeof verifyCertificate>[1]): string[] {
  return verifyCertificate(file, context)
    .checks.filter(({ outcome }) => outcome !== 'not-run')
    .map(({ name, outcome }) => `${name} ${outcome}`);
}

function changed(bytes: Uint8Array, form: 'json' | 'pdf' = 'json'): string {
  const file = join(desk.root, `changed.${form}`);
  writeFileSync(file, bytes);
  return file;
}

function failures(file: string): readonly Check[] {
  return verifyCertificate(file).checks.filter(({ outcome }) => outcome === 'failed');
}

/** The bytes with one bit flipped at the offset. */
function flipped(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] ^= 1 << (offset % 8);
  return copy;
}

describe('a certificate', () => {
  it('says what was erased from what, how, and with what outcome', () => {
    const { certificate } = verifyCertificate(issued.json);
    expect(certificate).toMatchObject({
      schema: 'lethe-certificate/1',
      verdict: { value: 'INCONCLUSIVE' },
      model: { name: 'faces.onnx', sha256Before: hash('model'), sha256After: hash('erased') },
      forget: [
        { index: 0, name: 'airplane' },
        { index: 2, name: 'bird' },
      ],
      imagesReadOfForgetClasses: 0,
      accuracy: { after: { forget: 0 } },
      timeSource: 'asserted by this machine',
    });
    expect(certificate?.classes).toHaveLength(10);
  });

  it('is canonical JSON and not a byte more', () => {
    const text = readFileSync(issued.json, 'utf8');
    expect(canonicalJson(JSON.parse(text))).toBe(text);
  });

  it('passes every check against its ledger, as JSON and as PDF', () => {
    const ledgerFolder = desk.ledger;
    const all = [
      'form passed',
      'signature passed',
      'ledger passed',
      'entry passed',
      'issued passed',
    ];
    expect(outcomes(issued.json, { ledgerFolder })).toEqual(all);
    expect(outcomes(issued.pdf, { ledgerFolder })).toEqual(all.toSpliced(2, 0, 'document passed'));
  });

  it('is attached to its PDF as the very same bytes', () => {
    const json = attachedCertificate(readFileSync(issued.pdf));
    expect(json?.equals(readFileSync(issued.json))).toBe(true);
  });

  it('says plainly what was not compared', () => {
    const checks = verifyCertificate(issued.json).checks.filter(
      ({ outcome }) => outcome === 'not-run',
    );
    expect(checks.map(({ name }) => name)).toEqual(['ledger', 'model']);
  });

  it('gives the same PDF bytes for the same certificate', async () => {
    const { certificate } = verifyCertificate(issued.json);
    if (certificate === null) throw new Error('unreadable');
    const { sign } = desk.cases.ledger.signer();
    const again = await certificatePdf(certificate, readFileSync(issued.json), sign);
    expect(again.equals(readFileSync(issued.pdf))).toBe(true);
  });

  it('is refused when the case has no names any more, and nothing is written', async () => {
    const id = finishCase(desk, people, [4]);
    const file = join(desk.ledger, 'cases', `${id}.json`);
    const before = readdirSync(desk.output);
    rmSync(file);
    await expect(issueCertificate(desk.cases, id, desk.output)).rejects.toThrow(/holds the names/);
    expect(readdirSync(desk.output)).toEqual(before);
  });

  it('is not on record as issued when it cannot be written', async () => {
    const id = finishCase(desk, people, [4]);
    const file = join(desk.root, 'a-file');
    writeFileSync(file, '');
    await expect(issueCertificate(desk.cases, id, file)).rejects.toThrow(/could not be written/);
    expect([...desk.cases.ledger.entries(id)].map(({ kind }) => kind)).not.toContain(
      'certificate-issued',
    );
  });

  it('is refused for a case that is not finished', async () => {
    await expect(issueCertificate(desk.cases, '1999-0001', desk.output)).rejects.toThrow(
      /not finished/,
    );
  });
});

describe('verifying a JSON certificate', () => {
  it('finds every flipped byte', () => {
    const bytes = readFileSync(issued.json);
    for (let offset = 0; offset < bytes.length; offset++) {
      const [failure] = failures(changed(flipped(bytes, offset)));
      expect(failure, `byte ${String(offset)}`).toBeDefined();
      expect(failure.sentence).toMatch(/^.+\.$/);
    }
  }, 60_000);

  it.each([
    ['a byte more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n')])],
    ['a byte less', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['a byte order mark', (bytes: Buffer) => Buffer.concat([Buffer.from('\uFEFF'), bytes])],
    ['nothing', () => Buffer.alloc(0)],
    [
      'another form',
      (bytes: Buffer) => Buffer.from(JSON.stringify(JSON.parse(bytes.toString()), null, 2)),
    ],
    [
      'a key twice',
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('{', '{"certificate":1,')),
    ],
  ])('refuses %s', (_, change) => {
    expect(outcomes(changed(change(readFileSync(issued.json))))).toEqual(['form failed']);
  });

  it('refuses one that was changed and signed anew with another key', () => {
    const { certificate } = verifyCertificate(issued.json);
    const signer = signerOf(newPrivateKey());
    const value = signer.sign('certificate', Buffer.from(canonicalJson(certificate)));
    const { publicKey } = signer;
    const forged = { certificate, signature: { algorithm: 'Ed25519', publicKey, value } };
    expect(outcomes(changed(Buffer.from(canonicalJson(forged))))).toEqual([
      'form passed',
      'signature failed',
    ]);
  });

  it('says when there is no such file', () => {
    expect(verifyCertificate(join(desk.root, 'none.json'))).toMatchObject({
      ok: false,
      certificate: null,
      checks: [{ name: 'form', outcome: 'failed' }],
    });
  });
});

describe('verifying a PDF certificate', () => {
  it('finds flipped bytes wherever they are', () => {
    const bytes = readFileSync(issued.pdf);
    const offsets = Array.from({ length: 500 }, (_, place) =>
      Math.floor((place * bytes.length) / 500),
    );
    for (const offset of [...offsets, bytes.length - 1]) {
      const [failure] = failures(changed(flipped(bytes, offset), 'pdf'));
      expect(failure, `byte ${String(offset)}`).toBeDefined();
    }
  }, 60_000);

  it('finds every flipped byte of its signature and of what stands around it', () => {
    const bytes = readFileSync(issued.pdf);
    const start = bytes.indexOf('lethe-ed25519:');
    for (let offset = start - 20; offset < start + 160; offset++) {
      expect(failures(changed(flipped(bytes, offset), 'pdf')), String(offset)).toHaveLength(1);
    }
  });

  it('finds the same digits in capitals', () => {
    const bytes = readFileSync(issued.pdf);
    const start = bytes.indexOf('lethe-ed25519:') + 'lethe-ed25519:'.length;
    const digits = bytes.toString('latin1', start, start + 128).toUpperCase();
    bytes.write(digits, start, 'latin1');
    expect(outcomes(changed(bytes, 'pdf'))).toContain('document failed');
  });

  it.each([
    ['a line after its end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n')])],
    [
      'another revision after its end',
      (bytes: Buffer) => Buffer.concat([bytes, bytes.subarray(-900)]),
    ],
    ['its end missing', (bytes: Buffer) => bytes.subarray(0, -2)],
    [
      'a second signature',
      (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('(lethe-ed25519:')]),
    ],
  ])('refuses one with %s', (_, change) => {
    const file = changed(change(readFileSync(issued.pdf)), 'pdf');
    expect(outcomes(file)).toContain('document failed');
  });

  it('refuses the pages of one certificate with the JSON of another', async () => {
    const other = await issueFor(desk, cifarClasses, [1, 3]);
    const bytes = readFileSync(issued.pdf);
    const own = readFileSync(issued.json);
    const start = bytes.indexOf(own);
    const mixed = Buffer.concat([
      bytes.subarray(0, start),
      readFileSync(other.json),
      bytes.subarray(start + own.length),
    ]);
    expect(outcomes(changed(mixed, 'pdf'))).toEqual([
      'form passed',
      'signature passed',
      'document failed',
    ]);
  });

  it('refuses another PDF', () => {
    expect(outcomes(changed(Buffer.from('%PDF-1.7\n%%EOF\n'), 'pdf'))).toEqual(['form failed']);
  });
});

describe('verifying against a ledger', () => {
  it('refuses another ledger', () => {
    const other = makeDesk();
    expect(outcomes(issued.json, { ledgerFolder: other.ledger })).toContain('ledger failed');
    other.clear();
  });

  it('refuses a ledger that does not verify', () => {
    const folder = join(desk.root, 'damaged');
    mkdirSync(folder);
    const bytes = readFileSync(join(desk.ledger, 'ledger.sqlite'));
    const [{ signature }] = [...desk.cases.ledger.entries()].slice(-1);
    writeFileSync(join(folder, 'ledger.sqlite'), flipped(bytes, bytes.lastIndexOf(signature)));
    expect(outcomes(issued.json, { ledgerFolder: folder })).toContain('ledger failed');
  });

  it('refuses one that was signed with the ledger’s key but never entered', () => {
    const { certificate } = verifyCertificate(issued.json);
    if (certificate === null) throw new Error('unreadable');
    const { ledger } = desk.cases;
    const unentered = {
      ...certificate,
      accuracy: { ...certificate.accuracy, after: { forget: 0, retain: 100 } },
    };
    const value = ledger.signer().sign('certificate', Buffer.from(canonicalJson(unentered)));
    const { publicKey } = certificate.ledger;
    const bytes = canonicalJson({
      certificate: unentered,
      signature: { algorithm: 'Ed25519', publicKey, value },
    });
    expect(outcomes(changed(Buffer.from(bytes)), { ledgerFolder: desk.ledger })).toEqual([
      'form passed',
      'signature passed',
      'ledger passed',
      'entry passed',
      'issued failed',
    ]);
  });
});

describe('verifying against a model', () => {
  it('tells the erased model from the one before and from any other', () => {
    const files = { before: 'model', after: 'erased', other: 'other' };
    const outcome = Object.entries(files).map(([name, content]) => {
      const path = join(desk.root, `${name}.onnx`);
      writeFileSync(path, content);
      const check = verifyCertificate(issued.json, { modelPath: path }).checks.at(-1);
      return `${name}: ${check?.outcome ?? ''}, ${check?.sentence ?? ''}`;
    });
    expect(outcome).toEqual([
      'before: failed, The model given is the one from before the erasure.',
      'after: passed, The model given is the erased model it is about.',
      'other: failed, The model given is not the erased model it is about, or was changed since.',
    ]);
  });

  it('takes the digest of a TF.js model as the engine does', () => {
    const folder = join(desk.root, 'tfjs');
    mkdirSync(folder);
    const files = {
      'model.json': JSON.stringify({
        weightsManifest: [{ paths: ['b.bin', 'a.bin'], weights: [] }],
      }),
      'a.bin': 'aaaa',
      'b.bin': 'bbbb',
      'notes.txt': 'not part of it',
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const digests = Object.entries(files)
      .slice(0, 3)
      .map(
        ([name, content]) => [name, createHash('sha256').update(content).digest('hex')] as const,
      );
    const expected = digestOfFiles(new Map(digests));
    expect(modelDigest(folder)).toBe(expected);
    expect(modelDigest(join(folder, 'model.json'))).toBe(expected);
  });

  it('follows no shard out of the model’s folder', () => {
    const folder = join(desk.root, 'sly');
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'model.json'),
      JSON.stringify({ weightsManifest: [{ paths: ['../secret'] }] }),
    );
    expect(() => modelDigest(folder)).toThrow(/outside/);
  });
});
