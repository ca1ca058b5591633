import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalJson, parseCanonicalJson } from '../../../app/ledger/canonical-json.ts';
import { parseCheckpoint } from '../../../app/ledger/checkpoint.ts';
import { exportLines } from '../../../app/ledger/ledger-export.ts';
import { openLedger, readLedger, verifyLedger } from '../../../app/ledger/ledger.ts';
import { isConsistent, isIncluded, leafHash } from '../../../app/ledger/merkle-tree.ts';
import { qrCodeForTerminal, qrCodeSvg } from '../../../app/ledger/qr-code.ts';
import { tamperWithDatabase } from '../../tamper-with-database.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** @returns the folder of a ledger of 1 + `cases` entries */
function written(cases: number, clock = (): Date => new Date()): string {
  const folder = temporaryFolder();
  const ledger = openLedger(folder, '0.1.0', { clock });
  for (let number = 1; number <= cases; number++) {
    const id = `2026-${String(((number - 1) % 7) + 1).padStart(4, '0')}`;
    if (number % 3 === 0) ledger.append({ kind: 'run-cancelled', case: id, payload: {} });
    else ledger.append({ kind: 'run-failed', case: id, payload: { problem: 'internal' } });
  }
  ledger.close();
  return folder;
}

function checkpointIn(text: string): NonNullable<ReturnType<typeof parseCheckpoint>> {
  const checkpoint = parseCheckpoint(text);
  if (checkpoint === null) throw new Error('no checkpoint');
  return checkpoint;
}

const toBuffers = (path: readonly string[]): Buffer[] =>
  path.map((node) => Buffer.from(node, 'hex'));

describe('an entry’s proof', () => {
  it('shows that it is one of those that the checkpoint counts', () => {
    const folder = written(20);
    const reader = readLedger(folder);
    for (const entry of reader.entries()) {
      const { record, index, path, checkpoint } = reader.prove(entry.sequence);
      expect(index).toBe(entry.sequence - 1);
      expect(record).toBe(canonicalJson(entry));
      const { size, root } = checkpointIn(checkpoint);
      const leaf = leafHash(Buffer.from(record));
      expect(isIncluded(leaf, index, size, toBuffers(path), root)).toBe(true);
    }
    expect(() => reader.prove(22)).toThrow('There is no entry 22: the ledger has 21.');
    expect(() => reader.prove(0)).toThrow(/no entry 0/);
    reader.close();
  });

  it('is exported with all others, as lines of canonical JSON that need nothing of Lethe', () => {
    const reader = readLedger(written(9));
    const [head, ...lines] = exportLines(reader);
    expect(lines).toHaveLength(10);
    const { checkpoint } = z
      .strictObject({ checkpoint: z.string(), form: z.literal('lethe-ledger-export/1') })
      .parse(parseCanonicalJson(head)?.value);
    const { size, root } = checkpointIn(checkpoint);
    for (const [place, line] of lines.entries()) {
      const { entry, index, path } = z
        .strictObject({ entry: z.unknown(), index: z.int(), path: z.array(z.string()) })
        .parse(parseCanonicalJson(line)?.value);
      expect(index).toBe(place);
      const leaf = leafHash(Buffer.from(canonicalJson(entry)));
      expect(isIncluded(leaf, index, size, toBuffers(path), root)).toBe(true);
    }
    const ofCase = [...exportLines(reader, '2026-0002')];
    expect(ofCase.slice(1)).toEqual(lines.filter((line) => line.includes('"2026-0002"')));
    reader.close();
  });
});

describe('a growth proof', () => {
  it('shows that the ledger grew out of an earlier one', () => {
    const folder = written(5);
    let reader = readLedger(folder);
    const earlier = checkpointIn(reader.checkpoint());
    reader.close();
    const ledger = openLedger(folder, '0.1.0');
    for (let more = 0; more < 6; more++) {
      ledger.append({ kind: 'run-cancelled', case: '2026-0009', payload: {} });
    }
    ledger.close();
    reader = readLedger(folder);
    const { root, path, checkpoint } = reader.proveGrowth(earlier.size);
    expect(root).toBe(earlier.root.toString('hex'));
    expect(isConsistent(earlier, checkpointIn(checkpoint), toBuffers(path))).toBe(true);
    expect(() => reader.proveGrowth(13)).toThrow(/no entry 13/);
    reader.close();
  });
});

describe('verifying against a checkpoint kept elsewhere', () => {
  function kept(folder: string): string {
    const reader = readLedger(folder);
    try {
      return reader.checkpoint();
    } finally {
      reader.close();
    }
  }

  it('holds as the ledger grows and its keys change', () => {
    const folder = written(2, () => new Date('2026-11-24T10:00:00.000Z'));
    const checkpoints = [kept(folder)];
    for (const day of ['25', '26', '27']) {
      const clock = (): Date => new Date(`2026-11-${day}T10:00:00.000Z`);
      const ledger = openLedger(folder, '0.1.0', { clock });
      checkpoints.push(ledger.checkpoint());
      ledger.append({ kind: 'run-cancelled', case: '2026-0009', payload: {} });
      checkpoints.push(ledger.checkpoint());
      ledger.rotateKey();
      checkpoints.push(ledger.checkpoint());
      ledger.close();
    }
    for (const checkpoint of checkpoints) {
      expect(verifyLedger(folder, checkpoint)).toMatchObject({ ok: true });
    }
  });

  it('finds that an older file was put back, and names the first entry that is gone', () => {
    const folder = written(3);
    const file = join(folder, 'ledger.sqlite');
    const seal = join(folder, 'ledger.seal');
    const old = [readFileSync(file), readFileSync(seal)];
    const ledger = openLedger(folder, '0.1.0');
    ledger.append({ kind: 'run-cancelled', case: '2026-0009', payload: {} });
    ledger.close();
    const checkpoint = kept(folder);
    writeFileSync(file, old[0]);
    writeFileSync(seal, old[1]);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, sealed: true });
    expect(verifyLedger(folder, checkpoint)).toEqual({
      ok: false,
      entry: 5,
      sentence:
        'Entry 5 is missing: the checkpoint given counts 5 entries. The end was cut off, or an older file put back.',
    });
  });

  it('finds that entries were made anew with the key', () => {
    const folder = written(3);
    const file = join(folder, 'ledger.sqlite');
    const old = readFileSync(file);
    const append = (problem: string): string => {
      const ledger = openLedger(folder, '0.1.0');
      ledger.append({ kind: 'run-failed', case: '2026-0009', payload: { problem } });
      const checkpoint = ledger.checkpoint();
      ledger.close();
      return checkpoint;
    };
    const checkpoint = append('internal');
    writeFileSync(file, old);
    append('disk-failed');
    expect(verifyLedger(folder)).toMatchObject({ ok: true });
    const report = verifyLedger(folder, checkpoint);
    expect(report).toMatchObject({ ok: false, entry: null });
    if (!report.ok)
      expect(report.sentence).toMatch(/written anew: one of the entries 1 to 5 is not/);
  });

  it('takes no checkpoint of another ledger, and no other file', () => {
    const folder = written(1);
    expect(verifyLedger(folder, kept(written(1)))).toMatchObject({
      ok: false,
      sentence: 'The checkpoint given is of another ledger.',
    });
    expect(verifyLedger(folder, 'nothing')).toMatchObject({ ok: false, entry: null });
    const changed = kept(folder).replace(/ (\S+)\n$/, (_, base64: string) => {
      const bytes = Buffer.from(base64, 'base64');
      bytes[10] ^= 1;
      return ` ${bytes.toString('base64')}\n`;
    });
    const report = verifyLedger(folder, changed);
    if (report.ok) expect.fail('verified');
    expect(report.sentence).toMatch(/not signed by the key/);
  });
});

describe('a list of entries', () => {
  it('comes in pages, the newest first', () => {
    const reader = readLedger(written(20));
    const sequences = (query: Parameters<typeof reader.page>[0]): number[] =>
      reader.page(query).map(({ entry }) => entry.sequence);
    expect(sequences({ count: 5 })).toEqual([21, 20, 19, 18, 17]);
    expect(sequences({ count: 5, before: 17 })).toEqual([16, 15, 14, 13, 12]);
    expect(sequences({ count: 5, before: 3 })).toEqual([2, 1]);
    expect(sequences({ count: 5, before: 1 })).toEqual([]);
    reader.close();
  });

  it('can be of one case and one kind', () => {
    const reader = readLedger(written(20));
    const ofCase = reader.page({ case: '2026-0003', count: 50 });
    expect(ofCase.map(({ entry }) => entry.sequence)).toEqual([18, 11, 4]);
    const ofBoth = reader.page({ case: '2026-0003', kind: 'run-cancelled', count: 50 });
    expect(ofBoth.map(({ entry }) => entry.sequence)).toEqual([4]);
    reader.close();
  });

  it('flags a clock that ran backwards, and keeps the order of the sequence', () => {
    const folder = temporaryFolder();
    const times = ['09:00', '10:00', '09:30', '09:40', '08:00'];
    let next = 0;
    const clock = (): Date => new Date(`2026-11-25T${times[Math.floor(next)]}:00.000Z`);
    const ledger = openLedger(folder, '0.1.0', { clock });
    for (next = 1; next < times.length; next++) {
      ledger.append({ kind: 'run-cancelled', case: '2026-0001', payload: {} });
    }
    const page = ledger.page({ count: 9 });
    expect(page.map(({ entry, clockRanBack }) => [entry.sequence, clockRanBack])).toEqual([
      [5, true],
      [4, false],
      [3, true],
      [2, false],
      [1, false],
    ]);
    next = 0;
    ledger.close();
    expect(verifyLedger(folder)).toMatchObject({ ok: true, clockRanBack: [3, 5] });
  });
});

describe('a QR code of a checkpoint', () => {
  it('is a picture for paper and blocks for a terminal', () => {
    const reader = readLedger(written(1));
    const checkpoint = reader.checkpoint();
    reader.close();
    expect(qrCodeSvg(checkpoint)).toMatch(/^<svg .*<\/svg>$/s);
    const lines = qrCodeForTerminal(checkpoint).split('\n');
    // Two rows of modules a line; the widest version has 177 modules.
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[0].length).toBeLessThanOrEqual(177 + 4);
    expect(hash('sha256', qrCodeSvg(checkpoint))).not.toBe(hash('sha256', qrCodeSvg('another')));
  });
});

describe('what was changed while Lethe was closed', () => {
  it('gets no signature of Lethe’s afterwards', () => {
    const forgeries = [
      'UPDATE entry SET payload = \'{"problem":"cancelled"}\' WHERE sequence = 3',
      'DELETE FROM entry WHERE sequence = 3',
      "UPDATE checkpoint SET note = replace(note, '3', '2')",
      'DELETE FROM checkpoint',
      'DELETE FROM node WHERE place = 3',
      'UPDATE node SET hash = zeroblob(32) WHERE place = 2',
    ];
    for (const forgery of forgeries) {
      const folder = written(2);
      tamperWithDatabase(join(folder, 'ledger.sqlite'), (database) => database.exec(forgery));
      expect(verifyLedger(folder), forgery).toMatchObject({ ok: false });
      expect(() => openLedger(folder, '0.1.0'), forgery).toThrow();
    }
  });
});
