import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openCases, stagingFolder } from '../../../app/cases/cases.ts';
import { signCertificate } from '../../../app/certificate/certificate-file.ts';
import { issueCertificate, type IssuedCertificate } from '../../../app/certificate/issue.ts';
import { modelDigest } from '../../../app/certificate/model-digest.ts';
import { readLedger } from '../../../app/ledger/ledger.ts';
import { newPrivateKey, signerOf } from '../../../app/ledger/signing.ts';
import { fileDigest, folderDigest } from '../../../app/verifier/model-digest.ts';
import { words } from '../../../app/verifier/words.ts';
import { verify } from '../../../app/verifier/verifier.ts';
import { issueFor, makeDesk, type Desk } from '../certificate/certificates.ts';
import { hash, sampleRun } from '../cases/sample-runs.ts';
import { bytesOf, bytesOfFile, check, exported, fileIn, named, rootIn } from './ledgers.ts';

// Thousands of verifications, on a machine that may be busy.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const classes = ['cat', 'dog', 'frog'];
let root: string;
/** Two ledgers with one name and one key: copies of each other that went on apart. */
let [one, two]: Desk[] = [];
/** From before they parted, and from after it. */
let early: IssuedCertificate;
let [late, forked]: IssuedCertificate[] = [];
/** A ledger of its own. */
let other: { desk: Desk; issued: IssuedCertificate };

beforeAll(async () => {
  one = makeDesk();
  root = mkdtempSync(join(tmpdir(), 'lethe-verifier-'));
  early = await issueFor(one, classes, [1]);
  one.cases.close();
  const ledger = join(root, 'copy');
  cpSync(one.ledger, ledger, { recursive: true });
  const copied = openCases(ledger, '0.1.0');
  one = { ...one, cases: openCases(one.ledger, '0.1.0') };
  two = { ...one, root, ledger, output: join(root, 'out'), cases: copied };
  late = await issueFor(one, classes, [0]);
  forked = await issueFor(two, classes, [2]);
  const desk = makeDesk();
  other = { desk, issued: await issueFor(desk, classes, [1]) };
});
afterAll(() => {
  one.cases.close();
  two.cases.close();
  other.desk.clear();
  rmSync(one.root, { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});

/** What is remembered after a certificate was seen. */
async function memoryOf(issued: IssuedCertificate) {
  const { remember } = await check(bytesOf(issued.json), { remembered: [] });
  if (remember === null) throw new Error('nothing to remember');
  return [remember];
}

function growth(desk: Desk, since: number): string {
  const reader = readLedger(desk.ledger);
  try {
    return JSON.stringify(reader.proveGrowth(since));
  } finally {
    reader.close();
  }
}

describe('a certificate by itself', () => {
  it.each(['json', 'pdf'] as const)('holds with names and without, as %s', async (form) => {
    for (const path of [early[form], early.withoutNames[form]]) {
      const report = await check(bytesOf(path));
      expect(report.verdict).toBe('accepted');
      expect(named(report, 'proved')).toEqual([
        'form',
        'signature',
        ...(form === 'pdf' ? ['pages'] : []),
        'names',
        'inclusion',
        'figures',
        'order',
      ]);
    }
  });

  it('says what was not checked, what cannot be known, and what the certificate itself claims', async () => {
    const report = await check(bytesOf(early.json));
    expect(named(report, 'not-asked')).toEqual(['key', 'history', 'model']);
    expect(report.unknowable).toHaveLength(5);
    expect(report.subject?.says).toMatch(/INCONCLUSIVE/);
  });

  it.each(['with names', 'without names'])(
    'is refused whichever byte of it is flipped, %s',
    async (form) => {
      const whole = bytesOf(form === 'with names' ? early.json : early.withoutNames.json);
      for (let place = 0; place < whole.length; place++) {
        const flipped = whole.slice();
        flipped[place] ^= 1 << (place % 8);
        const { verdict, checks } = await check(flipped);
        if (verdict !== 'refused') expect.fail(`byte ${String(place)}: ${JSON.stringify(checks)}`);
      }
    },
  );

  it('is refused as PDF when a byte is flipped, wherever', async () => {
    const whole = bytesOf(early.pdf);
    for (let step = 0; step < 60; step++) {
      const flipped = whole.slice();
      flipped[Math.floor((step * whole.length) / 60)] ^= 4;
      expect((await check(flipped)).verdict, String(step)).toBe('refused');
    }
  });

  it.each([
    ['a byte more', (text: string) => `${text}\n`],
    ['a byte less', (text: string) => text.slice(0, -1)],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['blanks', (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    ['a member twice', (text: string) => text.replace('{', '{"certificate":1,')],
    ['nothing in it', () => ''],
  ])('is refused with %s', async (_, change) => {
    const text = change(readFileSync(early.json, 'utf8'));
    const report = await check(new TextEncoder().encode(text));
    expect(named(report, 'refused')).toEqual(['form']);
  });

  it('is refused with a member that the schema does not know, and says where', async () => {
    const file = fileIn(early.json);
    const signed = { ...file.certificate, surplus: 1 };
    const report = await check(bytesOfFile({ ...file, certificate: signed }));
    expect(report.checks[0].sentence).toMatch(/\/certificate\/surplus/);
  });

  it('is refused with the names of another', async () => {
    const file = { ...fileIn(early.json), names: fileIn(late.json).names };
    expect(named(await check(bytesOfFile(file)), 'refused')).toEqual(['names']);
  });

  it('is refused when it is signed with another key than its checkpoint', async () => {
    const file = fileIn(early.json);
    const signature = signCertificate(file.certificate, signerOf(newPrivateKey()));
    const report = await check(bytesOfFile({ ...file, signature }));
    expect(named(report, 'refused')).toEqual(['inclusion']);
  });

  it('is refused when it names another ledger, by whoever it is signed', async () => {
    const file = fileIn(early.json);
    const certificate = {
      ...file.certificate,
      ledger: { ...file.certificate.ledger, origin: '0'.repeat(32) },
    };
    const signature = signCertificate(certificate, one.cases.ledger.signer());
    expect(named(await check(bytesOfFile({ ...file, certificate, signature })), 'refused')).toEqual(
      ['inclusion'],
    );
  });

  it('is refused with the proof of another ledger (CVE-2022-39199)', async () => {
    const file = { ...fileIn(early.json), record: fileIn(other.issued.json).record };
    expect(named(await check(bytesOfFile(file)), 'refused')).toContain('inclusion');
  });

  it('is refused with the proof of another certificate of the same ledger', async () => {
    const file = { ...fileIn(early.json), record: fileIn(late.json).record };
    expect(named(await check(bytesOfFile(file)), 'refused')).toContain('inclusion');
  });

  it('is refused with a checkpoint from before it, or from after it', async () => {
    const file = fileIn(late.json);
    for (const { record } of [fileIn(early.json), fileIn(forked.json)]) {
      const mixed = { ...file, record: { ...file.record, checkpoint: record.checkpoint } };
      expect(named(await check(bytesOfFile(mixed)), 'refused')).toEqual(['inclusion']);
    }
  });

  it('is refused with any hash of any path wrong, missing, doubled or moved (CVE-2022-36111)', async () => {
    const file = fileIn(late.json);
    const [wrong] = file.record.entries[0].path;
    for (const [place, { path }] of file.record.entries.entries()) {
      for (const [step, own] of path.entries()) {
        const changes = [
          path.with(step, own === wrong ? hash('x') : wrong),
          path.toSpliced(step, 1),
          path.toSpliced(step, 0, own),
          ...(step > 0 && own !== path[0] ? [path.with(step, path[0]).with(0, own)] : []),
        ];
        for (const changed of changes) {
          const entries = file.record.entries.with(place, {
            ...file.record.entries[place],
            path: changed,
          });
          const report = await check(bytesOfFile({ ...file, record: { ...file.record, entries } }));
          expect(named(report, 'refused')).toContain('inclusion');
        }
      }
    }
  });

  it('is refused with an entry under another number, twice, or out of order', async () => {
    const file = fileIn(early.json);
    const { entries } = file.record;
    const [first, second, ...rest] = entries;
    for (const changed of [
      [{ ...first, index: first.index + 1 }, second, ...rest],
      [first, first, second, ...rest],
      [second, first, ...rest],
    ]) {
      const report = await check(
        bytesOfFile({ ...file, record: { ...file.record, entries: changed } }),
      );
      expect(named(report, 'refused')).toContain('inclusion');
    }
  });

  it('is refused when its figures are not those of the entries, though it is signed and entered', async () => {
    const file = fileIn(early.json);
    const { certificate } = file;
    const better = {
      ...certificate,
      result: { ...certificate.result, imagesReadOfForgetClasses: 7 },
    };
    const signature = signCertificate(better, one.cases.ledger.signer());
    const report = await check(bytesOfFile({ ...file, certificate: better, signature }));
    expect(named(report, 'refused')).toContain('figures');
  });

  it('holds where something could not be measured that had a threshold', async () => {
    const { cases, output } = other.desk;
    const staging = stagingFolder(output);
    const { plan, result } = sampleRun(classes, [1], { erasedPath: join(staging, 'erased') });
    const absence = { why: 'There were none.', needs: 'Some.', costs: 'Nothing.' };
    const findings = result.findings.map(({ name, required, sentence }) => ({
      outcome: 'not-measured' as const,
      ...{ name, required, sentence, absence, measurement: null, threshold: null },
    }));
    const id = cases.start({ plan, model: '/m', data: '/d', staging, output });
    writeFileSync(join(staging, 'erased'), 'weights');
    cases.finish(id, { ...result, findings });
    rmSync(join(output, 'erased'));
    const { json } = await issueCertificate(cases, id, output);
    expect((await check(bytesOf(json))).verdict).toBe('accepted');
  });

  it('is not judged when it is of the first form, which carries no proof', async () => {
    const first = new URL('../certificate/form-1/json', import.meta.url);
    const report = await check(Uint8Array.from(readFileSync(first)));
    expect(report.verdict).toBe('undecided');
    expect(report.checks[0].sentence).toMatch(/first form/);
  });

  it('is not judged where Ed25519 is missing', async () => {
    const { subtle } = globalThis.crypto;
    Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined, configurable: true });
    try {
      const report = await check(bytesOf(early.json));
      expect(report).toMatchObject({ verdict: 'undecided', remember: null });
    } finally {
      Object.defineProperty(globalThis.crypto, 'subtle', { value: subtle, configurable: true });
    }
  });

  it('is told of in German as completely as in English', async () => {
    const certificate = bytesOf(early.withoutNames.pdf);
    const [english, german] = await Promise.all(
      [words.en, words.de].map((language) => verify({ certificate, remembered: [] }, language)),
    );
    expect(german.checks.map(({ name }) => name)).toEqual(english.checks.map(({ name }) => name));
    const told = [...english.checks, ...german.checks].map(({ sentence }) => sentence);
    expect(new Set(told).size).toBe(told.length);
  });
});

describe('whose key it is', () => {
  it('is shown by a fingerprint that is known, and by none other', async () => {
    const fingerprint = (await check(bytesOf(early.json))).subject?.fingerprint;
    if (fingerprint === undefined) throw new Error('no fingerprint');
    expect(named(await check(bytesOf(early.json), { fingerprint }), 'proved')).toContain('key');
    const wrong = await check(bytesOf(other.issued.json), { fingerprint });
    expect(wrong.verdict).toBe('refused');
    expect(named(wrong, 'refused')).toEqual(['key']);
  });

  it('is refused when the ledger is not the one that is known', async () => {
    const { origin } = fileIn(early.json).certificate.ledger;
    expect(named(await check(bytesOf(early.json), { origin }), 'proved')).toContain('origin');
    expect(named(await check(bytesOf(other.issued.json), { origin }), 'refused')).toEqual([
      'origin',
    ]);
  });

  it('is known again, and open when it is another one than was seen', async () => {
    const [seen] = await memoryOf(early);
    expect(named(await check(bytesOf(early.json), { remembered: [seen] }), 'proved')).toContain(
      'key',
    );
    const remembered = [{ ...seen, keys: ['ab'.repeat(32)] }];
    const report = await check(bytesOf(early.json), { remembered });
    expect(report.verdict).toBe('undecided');
    expect(named(report, 'open')).toEqual(['key']);
  });

  it('is refused when all keys of the ledger are there and none was seen', async () => {
    const [seen] = await memoryOf(early);
    const remembered = [{ ...seen, keys: ['ab'.repeat(32)] }];
    const report = await check(bytesOf(early.json), { remembered, ledgerExport: exported(one) });
    expect(named(report, 'refused')).toEqual(['key']);
  });

  it('follows from the first key, however often it was replaced', async () => {
    const desk = makeDesk();
    try {
      const before = await issueFor(desk, classes, [1]);
      const remembered = await memoryOf(before);
      desk.cases.ledger.rotateKey();
      desk.cases.ledger.rotateKey();
      const after = bytesOf((await issueFor(desk, classes, [2])).json);
      expect(named(await check(after, { remembered }), 'open')).toEqual(['key', 'history']);
      const report = await check(after, { remembered, ledgerExport: exported(desk) });
      expect(report.verdict).toBe('accepted');
      expect(report.remember?.keys).toHaveLength(3);
      const fingerprint = (await check(bytesOf(before.json))).subject?.fingerprint ?? '';
      const known = await check(after, { fingerprint, ledgerExport: exported(desk) });
      expect(named(known, 'proved')).toContain('key');
    } finally {
      desk.clear();
    }
  });
});

describe('the history of a ledger', () => {
  it('is remembered: the largest tree seen, and its keys', async () => {
    const [seen] = await memoryOf(late);
    const { checkpoint } = fileIn(late.json).record;
    expect(seen).toMatchObject(rootIn(checkpoint));
  });

  it('is open until it is shown that the ledger grew', async () => {
    const remembered = await memoryOf(early);
    const certificate = bytesOf(late.json);
    const alone = await check(certificate, { remembered });
    expect(alone).toMatchObject({ verdict: 'undecided', remember: null });
    expect(named(alone, 'open')).toEqual(['history']);
    for (const shown of [
      { growth: [growth(one, remembered[0].size)] },
      { ledgerExport: exported(one) },
    ]) {
      const report = await check(certificate, { remembered, ...shown });
      expect(report.verdict).toBe('accepted');
      expect(report.remember?.size).toBe(rootIn(fileIn(late.json).record.checkpoint).size);
    }
  });

  it('holds for an older certificate, too, and is not remembered shorter than it was', async () => {
    const remembered = await memoryOf(late);
    const report = await check(bytesOf(early.json), { remembered, ledgerExport: exported(one) });
    expect(report.verdict).toBe('accepted');
    expect(report.remember?.size).toBe(remembered[0].size);
  });

  it('is refused when the ledger went two ways', async () => {
    const remembered = await memoryOf(late);
    const report = await check(bytesOf(forked.json), { remembered });
    expect(report).toMatchObject({ verdict: 'refused', remember: null });
    expect(named(report, 'refused')).toEqual(['history']);
  });

  it('is refused when the export is of the other way', async () => {
    const report = await check(bytesOf(late.json), { ledgerExport: exported(two) });
    expect(named(report, 'refused')).toContain('export');
    const longer = await issueFor(two, classes, [0, 1]);
    const remembered = await memoryOf(late);
    const other = await check(bytesOf(longer.json), { remembered, ledgerExport: exported(two) });
    expect(named(other, 'refused')).toContain('history');
  });

  it('is not shown by a proof of growth that is of another ledger, or wrong', async () => {
    const remembered = await memoryOf(early);
    const certificate = bytesOf(late.json);
    const proof = growth(one, remembered[0].size);
    const wrongs = [
      [growth(other.desk, 3), 'refused'],
      ['{}', 'refused'],
      ['nothing', 'refused'],
      [proof.replace(/"path":\["../, '"path":["00'), 'undecided'],
      [proof.replace(/"root":"../, '"root":"00'), 'undecided'],
      [growth(two, remembered[0].size), 'undecided'],
    ] as const;
    for (const [text, verdict] of wrongs) {
      expect((await check(certificate, { remembered, growth: [text] })).verdict).toBe(verdict);
    }
  });
});

describe('a checkpoint that was kept elsewhere', () => {
  const checkpointOf = (issued: IssuedCertificate): string => fileIn(issued.json).record.checkpoint;

  it('agrees when it is the same, and when the export shows it', async () => {
    const same = await check(bytesOf(late.json), { checkpoint: checkpointOf(late) });
    expect(named(same, 'proved')).toContain('checkpoint');
    const older = { checkpoint: checkpointOf(early), ledgerExport: exported(one) };
    expect(named(await check(bytesOf(late.json), older), 'proved')).toContain('checkpoint');
  });

  it('is not accepted when it is an older one that nothing leads from', async () => {
    const report = await check(bytesOf(late.json), { checkpoint: checkpointOf(early) });
    expect(report.verdict).toBe('undecided');
    expect(named(report, 'open')).toEqual(['checkpoint']);
  });

  it('is refused when it is of a ledger that went another way', async () => {
    const report = await check(bytesOf(late.json), { checkpoint: checkpointOf(forked) });
    expect(named(report, 'refused')).toEqual(['checkpoint']);
  });

  it('is refused when it is of another ledger, or none', async () => {
    for (const checkpoint of [checkpointOf(other.issued), 'nothing']) {
      expect(named(await check(bytesOf(late.json), { checkpoint }), 'refused')).toEqual([
        'checkpoint',
      ]);
    }
  });

  it('is not accepted when it is not signed with a key of the ledger', async () => {
    const checkpoint = checkpointOf(late).replace(
      /^(— \S+ )(.)/m,
      (_, start: string, first: string) => start + (first === 'A' ? 'B' : 'A'),
    );
    expect(named(await check(bytesOf(late.json), { checkpoint }), 'open')).toEqual(['checkpoint']);
  });
});

describe('a ledger’s export', () => {
  it('shows every entry, its order, its signature and the key of its time', async () => {
    const report = await check(bytesOf(late.json), { ledgerExport: exported(one) });
    expect(report.verdict).toBe('accepted');
    expect(named(report, 'proved')).toContain('export');
  });

  it('leaves open what lies between when it is of one case only', async () => {
    const { id } = fileIn(early.json).certificate.case;
    const report = await check(bytesOf(early.json), { ledgerExport: exported(one, id) });
    expect(named(report, 'open')).toEqual(['export']);
  });

  it('tells of entries of the case after the certificate', async () => {
    const desk = makeDesk();
    try {
      const issued = await issueFor(desk, classes, [1]);
      const { id } = fileIn(issued.json).certificate.case;
      desk.cases.closeCase(id, 'abandoned', '');
      const report = await check(bytesOf(issued.json), { ledgerExport: exported(desk) });
      expect(report.checks.map(({ sentence }) => sentence).join(' ')).toMatch(/\(case-closed\)/);
    } finally {
      desk.clear();
    }
  });

  it('is refused, with its line, whatever is changed in it', async () => {
    const lines = exported(one);
    const changes: [string[], RegExp][] = [
      [lines.with(2, lines[2].replace(/"signature":"../, '"signature":"00')), /line 3/],
      [lines.with(2, lines[2].replace('"index":1', '"index":2')), /line 3/],
      [lines.with(2, lines[2].replace(/"path":\["../, '"path":["zz')), /line 3/],
      [lines.with(2, `${lines[2]} `), /line 3/],
      [lines.with(3, lines[2]), /line 4/],
      [['', ...lines], /line 1/],
      [exported(other.desk), /another ledger/],
      [[], /line 1/],
    ];
    for (const [ledgerExport, sentence] of changes) {
      const report = await check(bytesOf(late.json), { ledgerExport });
      const refused = report.checks.filter(({ outcome }) => outcome === 'refused');
      expect(refused.map(({ sentence: told }) => told).join()).toMatch(sentence);
    }
  });

  it('is not taken for whole when an entry is left out', async () => {
    const lines = exported(one).toSpliced(2, 1);
    const report = await check(bytesOf(early.json), { ledgerExport: lines });
    expect(named(report, 'open')).toEqual(['export']);
  });
});

describe('a model', () => {
  it('is the erased one, the one before, or another', async () => {
    const outcome = async (model: string) =>
      named(await check(bytesOf(early.json), { model }), 'proved');
    expect(await outcome(hash('erased'))).toContain('model');
    const sentences = await Promise.all(
      [hash('model'), hash('other')].map(async (model) => {
        const report = await check(bytesOf(early.json), { model });
        expect(report.verdict).toBe('refused');
        return report.checks.find(({ name }) => name === 'model')?.sentence;
      }),
    );
    expect(sentences[0]).toMatch(/before the erasure/);
    expect(sentences[1]).toMatch(/not the erased model/);
  });

  const files: Readonly<Record<string, string>> = {
    'model.json': JSON.stringify({ weightsManifest: [{ paths: ['b.bin', 'a.bin'] }] }),
    'a.bin': 'aaaa',
    'b.bin': 'bbbb',
    'notes.txt': 'not part of it',
  };
  async function* pieces(text: string): AsyncGenerator<Uint8Array> {
    for (const character of text) yield await Promise.resolve(new TextEncoder().encode(character));
  }

  it('has the digest that the program gives it, file or folder', async () => {
    const folder = join(root, 'model');
    mkdirSync(folder);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    expect(await folderDigest((name) => pieces(files[name]))).toBe(modelDigest(folder));
    expect(await fileDigest(pieces('aaaa'))).toBe(modelDigest(join(folder, 'a.bin')));
  });

  it.each(['../secret', 'a/b', '..', 'a\\b'])(
    'has no file that lies elsewhere: %s',
    async (path) => {
      const description = JSON.stringify({ weightsManifest: [{ paths: [path] }] });
      await expect(folderDigest(() => pieces(description))).rejects.toThrow(/outside/);
    },
  );
});
