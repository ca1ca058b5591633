import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCertificate, type IssuedCertificate } from '../../../app/certificate/issue.ts';
import { modelDigest } from '../../../app/certificate/model-digest.ts';
import { attachedCertificate } from '../../../app/certificate/pdf-signature.ts';
import {
  certificateJson,
  readCertificateJson,
  signCertificate,
  type CertificateFile,
} from '../../../app/certificate/certificate-file.ts';
import { certificatePdf } from '../../../app/certificate/pdf.ts';
import { verifyCertificate, type Check } from '../../../app/certificate/verify.ts';
import { canonicalJson } from '../../../app/ledger/canonical-json.ts';
import { formatNoteKey, formatSignature, signatureTypes } from '../../../app/ledger/signed-note.ts';
import { newPrivateKey, signerOf } from '../../../app/ledger/signing.ts';
import type { Finding, FindingName } from '../../../engine/protocol/finding.ts';
import { digestOfFiles } from '../../../engine/models/tfjs-layers/model-files.ts';
import { cifarClasses, hash, people } from '../cases/sample-runs.ts';
import { details, finishCase, issueFor, makeDesk, type Desk } from './certificates.ts';

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

function caseOf({ id }: IssuedCertificate): string {
  return id.slice(0, id.lastIndexOf('-'));
}

function fileIn(path: string): CertificateFile {
  const read = readCertificateJson(readFileSync(path));
  if ('fault' in read || read.form === 1) throw new Error('unreadable');
  return read.file;
}

describe('a certificate', () => {
  it('says what was erased from what, how, and with what outcome', () => {
    const { certificate, names } = fileIn(issued.json);
    expect(certificate).toMatchObject({
      schema: 'lethe-certificate/2',
      language: 'en',
      plan: { model: { sha256: hash('model') }, forget: [{ index: 0 }, { index: 2 }] },
      result: {
        verdict: { value: 'INCONCLUSIVE' },
        erased: { sha256: hash('erased') },
        imagesReadOfForgetClasses: 0,
        after: { forget: 0 },
      },
      time: { source: 'time asserted by this machine', evidence: null },
    });
    expect(names).toMatchObject({ model: 'faces.onnx', classes: cifarClasses });
  });

  it('says of each attack that the supervisors name whether it was run, and why', () => {
    const { attacks } = fileIn(issued.json).certificate.statements;
    expect(attacks.map(({ attack, run }) => [attack, run])).toEqual([
      ['membership-inference', false],
      ['attribute-inference', false],
      ['exfiltration', false],
      ['regurgitation', false],
      ['model-inversion', false],
      ['reconstruction', false],
    ]);
    for (const { why } of attacks) expect(why).toMatch(/\.$/);
  });

  it('says how far membership inference went, and no further', async () => {
    const attack = (name: FindingName, isMeasured: boolean): Finding => {
      const absence = { why: 'It was not run.', needs: 'More models.', costs: 'Training them.' };
      const parts = { name, required: false, sentence: 'As much was found.' };
      const measurement = { value: 0.51, unit: 'area' as const, samples: 400, figures: [] };
      return {
        ...{ outcome: 'not-measured', ...parts, absence, threshold: null },
        measurement: isMeasured ? { ...measurement, interval: [0.5, 0.54] } : null,
      };
    };
    const said = async (areImagesAttacked: boolean) => {
      const found = [
        attack('membership-loss', true),
        attack('membership-shadow-models', areImagesAttacked),
      ];
      const id = finishCase(desk, cifarClasses, [0], undefined, found);
      const { json } = await issueCertificate(desk.cases, id, desk.output);
      const { attacks, residualRisk } = fileIn(json).certificate.statements;
      const { findings, why } = attacks[0];
      return { findings, words: [why, ...residualRisk].join(' ') };
    };
    const onClass = await said(false);
    expect(onClass.findings).toEqual(['membership-loss']);
    expect(onClass.words).toMatch(/on single images, with models trained for it, was not run/);
    expect(onClass.words).toMatch(/none on single images/);
    const onImages = await said(true);
    expect(onImages.findings).toEqual(['membership-loss', 'membership-shadow-models']);
    expect(onImages.words).toMatch(/and on single images, with models trained for it: see/);
    expect(onImages.words).not.toMatch(/was not run|none on single images/);
  });

  it('is canonical JSON and not a byte more', () => {
    for (const path of [issued.json, issued.withoutNames.json]) {
      const text = readFileSync(path, 'utf8');
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }
  });

  it('is the same with names and without, but for the names', () => {
    const { names, ...rest } = fileIn(issued.json);
    expect(names).not.toBeNull();
    expect(fileIn(issued.withoutNames.json)).toEqual({ ...rest, names: null });
  });

  it('names nobody and nothing in the form without names', () => {
    const forms = [issued.withoutNames.json, issued.withoutNames.pdf];
    for (const text of forms.map((path) => readFileSync(path, 'latin1'))) {
      for (const name of ['airplane', 'truck', 'faces.onnx']) expect(text).not.toContain(name);
    }
  });

  it('lets nobody check a guess at the names who has only the form without them', async () => {
    const again = await issueCertificate(desk.cases, caseOf(issued), desk.output);
    expect(fileIn(again.json).certificate.names).not.toBe(fileIn(issued.json).certificate.names);
  });

  it('passes every check against its ledger, in both forms, as JSON and as PDF', () => {
    const ledgerFolder = desk.ledger;
    const all = [
      'form passed',
      'signature passed',
      'names passed',
      'proof passed',
      'ledger passed',
      'entry passed',
      'issued passed',
    ];
    for (const { json, pdf } of [issued, issued.withoutNames]) {
      expect(outcomes(json, { ledgerFolder })).toEqual(all);
      expect(outcomes(pdf, { ledgerFolder })).toEqual(all.toSpliced(2, 0, 'document passed'));
    }
  });

  it('is attached to its PDF as the very same bytes', () => {
    for (const { json, pdf } of [issued, issued.withoutNames]) {
      expect(attachedCertificate(readFileSync(pdf))?.equals(readFileSync(json))).toBe(true);
    }
  });

  it('says plainly what was not compared', () => {
    const checks = verifyCertificate(issued.json).checks.filter(
      ({ outcome }) => outcome === 'not-run',
    );
    expect(checks.map(({ name }) => name)).toEqual(['ledger', 'model']);
  });

  it('gives the same PDF bytes for the same certificate', async () => {
    const signer = desk.cases.ledger.signer();
    const again = await certificatePdf(fileIn(issued.json), readFileSync(issued.json), signer);
    expect(again.equals(readFileSync(issued.pdf))).toBe(true);
  });

  it('has the form without names only, once the names are destroyed, and verifies as before', async () => {
    const id = finishCase(desk, people, [4]);
    const before = await issueCertificate(desk.cases, id, desk.output);
    desk.cases.closeCase(id, 'abandoned', '');
    desk.cases.forget(id);
    const { json, withoutNames } = await issueCertificate(desk.cases, id, desk.output);
    expect(json).toBe(withoutNames.json);
    expect(fileIn(json).certificate.names).toBeNull();
    for (const path of [before.json, before.withoutNames.json, before.pdf, json]) {
      expect(verifyCertificate(path, { ledgerFolder: desk.ledger }), path).toMatchObject({
        ok: true,
      });
    }
  });

  it('holds what was entered of the request, and who signed', async () => {
    const id = desk.cases.open(details);
    desk.cases.makeReady(id);
    finishCase(desk, people, [4], id);
    desk.cases.signOff(id, 'officer');
    desk.cases.signOff(id, 'reviewer');
    desk.cases.closeCase(id, 'erased', '');
    const signed = await issueCertificate(desk.cases, id, desk.output, 'de');
    const { certificate, names } = fileIn(signed.json);
    expect(certificate).toMatchObject({
      language: 'de',
      case: {
        state: 'closed',
        request: { onRecord: { law: 'gdpr', received: '2026-11-02', due: '2026-12-02' } },
        signOffs: [{ role: 'officer' }, { role: 'reviewer' }],
        closed: { outcome: 'erased' },
      },
    });
    expect(names).toMatchObject({
      subject: 'file 81',
      signOffs: ['Ada Example', 'Bo Example'],
      recipients: [{ name: 'Example Ltd', notified: null }],
    });
    expect(certificate.statements.outside[0]).toMatch(/^Empfänger: 1 von 1 /);
    expect(verifyCertificate(signed.pdf, { ledgerFolder: desk.ledger }).ok).toBe(true);
    const nameless = readFileSync(signed.withoutNames.json, 'utf8');
    for (const name of ['Ada Example', 'Bo Example', 'Example Inc', 'file 81', 'Elif'])
      expect(nameless).not.toContain(name);
  });

  it('says who else saw that the run had finished, and when', async () => {
    const id = finishCase(desk, people, [4]);
    const { ledger } = desk.cases;
    const note = ledger.checkpoint();
    const seconds = 1_767_225_600;
    const witness = signerOf(newPrivateKey());
    const key = { name: 'witness.example', type: signatureTypes.cosignature, ...witness };
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    const signed = witness.signNote(`cosignature/v1\ntime ${String(seconds)}\n${text}`);
    const checkpoint = `${note}${formatSignature(key, Buffer.concat([time, signed]))}\n`;
    ledger.addEvidence({
      kind: 'checkpoint-witnessed',
      case: null,
      payload: { checkpoint, witness: formatNoteKey(key) },
    });
    const { json, pdf } = await issueCertificate(desk.cases, id, desk.output);
    expect(fileIn(json).certificate.time).toMatchObject({
      source: 'time asserted by this machine',
      evidence: { kind: 'witness', by: 'witness.example', time: '2026-01-01T00:00:00.000Z' },
    });
    expect(verifyCertificate(pdf, { ledgerFolder: desk.ledger }).ok).toBe(true);
  });

  it('is not on record as issued when its folder cannot be made', async () => {
    const id = finishCase(desk, people, [4]);
    const file = join(desk.root, 'a-file');
    writeFileSync(file, '');
    await expect(issueCertificate(desk.cases, id, file)).rejects.toThrow(/could not be written/);
    expect([...desk.cases.ledger.entries(id)].map(({ kind }) => kind)).not.toContain(
      'certificate-issued',
    );
  });

  it('is refused for a case that is not finished', async () => {
    const id = desk.cases.open(details);
    await expect(issueCertificate(desk.cases, id, desk.output)).rejects.toThrow(/not finished/);
  });
});

describe('verifying a JSON certificate', () => {
  it('finds flipped bytes wherever they are', () => {
    const bytes = readFileSync(issued.json);
    for (let offset = 0; offset < bytes.length; offset += 11) {
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

  it('refuses one that was signed anew with another key', () => {
    const file = fileIn(issued.json);
    const forged = {
      ...file,
      signature: signCertificate(file.certificate, signerOf(newPrivateKey())),
    };
    expect(outcomes(changed(certificateJson(forged)))).toEqual([
      'form passed',
      'signature passed',
      'names passed',
      'proof failed',
    ]);
  });

  it('refuses names of another certificate', async () => {
    const other = await issueFor(desk, cifarClasses, [1]);
    const mixed = { ...fileIn(issued.json), names: fileIn(other.json).names };
    expect(outcomes(changed(certificateJson(mixed)))).toContain('names failed');
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
      'names passed',
      'proof passed',
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
    const file = fileIn(issued.json);
    const certificate = { ...file.certificate, id: '2026-0001-00000000' };
    const signature = signCertificate(certificate, desk.cases.ledger.signer());
    const unentered = changed(certificateJson({ ...file, certificate, signature }));
    expect(outcomes(unentered, { ledgerFolder: desk.ledger })).toEqual([
      'form passed',
      'signature passed',
      'names passed',
      'proof failed',
      'ledger passed',
      'entry passed',
      'issued failed',
    ]);
  });
});

describe('a certificate of the first form', () => {
  const folder = fileURLToPath(new URL('form-1', import.meta.url));

  it.each(['json', 'pdf'])('verifies as before, as %s', (form) => {
    const report = verifyCertificate(join(folder, form), { ledgerFolder: folder });
    expect(report).toMatchObject({ ok: true, certificate: { schema: 'lethe-certificate/1' } });
    expect(report.checks.map(({ name }) => name)).toContain('issued');
  });

  it('is refused when a byte is flipped', () => {
    const bytes = readFileSync(join(folder, 'json'));
    for (let offset = 0; offset < bytes.length; offset += 7) {
      expect(failures(changed(flipped(bytes, offset))), String(offset)).not.toEqual([]);
    }
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
