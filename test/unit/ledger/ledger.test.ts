import Database from 'better-sqlite3';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../app/ledger/canonical-json.ts';
import { entryHash, type Entry } from '../../../app/ledger/entry.ts';
import { openLedger, readLedger, verifyLedger } from '../../../app/ledger/ledger.ts';
import { tamperWithDatabase } from '../../tamper-with-database.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-ledger-'));
  file = join(folder, 'ledger.sqlite');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(cases: number): void {
  const ledger = openLedger(folder, '0.1.0');
  for (let number = 1; number <= cases; number++) {
    const id = `2026-${String(number).padStart(4, '0')}`;
    ledger.append({ kind: 'run-failed', case: id, payload: { problem: 'out-of-memory' } });
  }
  ledger.close();
}

function read(): Entry[] {
  const reader = readLedger(folder);
  try {
    return [...reader.entries()];
  } finally {
    reader.close();
  }
}

function tamper(statements: string): void {
  tamperWithDatabase(file, (database) => database.exec(statements));
}

describe('a ledger', () => {
  it('opens with an entry that names it and its key, and goes on without a gap', () => {
    write(3);
    const entries = read();
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(entries[0].kind).toBe('ledger-opened');
    const report = verifyLedger(folder);
    expect(report).toMatchObject({ ok: true, entries: 4, head: entries[3].hash });
  });

  it('goes on where it stopped when it is opened again', () => {
    write(1);
    const before = read();
    write(1);
    expect(read().slice(0, 2)).toEqual(before);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3 });
  });

  it('keeps its key to its owner', () => {
    write(0);
    const [key, ...others] = readdirSync(join(folder, 'keys'));
    expect(others).toEqual([]);
    expect(statSync(join(folder, 'keys', key)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
  });

  it('is durable at every opening, not only the first', () => {
    write(1);
    const ledger = openLedger(folder, '0.1.0');
    const database: unknown = Reflect.get(ledger, 'database');
    if (!(database instanceof Database)) throw new Error('no database');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('recursive_triggers', { simple: true })).toBe(1);
    expect(database.pragma('trusted_schema', { simple: true })).toBe(0);
    ledger.close();
  });

  it.each([
    ['changed', "UPDATE entry SET time = '2020-01-01T00:00:00.000Z' WHERE sequence = 2"],
    ['removed', 'DELETE FROM entry WHERE sequence = 3'],
    ['replaced', 'INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE sequence = 2'],
    [
      'inserted out of order',
      'INSERT INTO entry SELECT 9, time, kind, case_id, payload, previous, hash, signature FROM entry WHERE sequence = 2',
    ],
  ])('lets no entry be %s by its own connection', (_, statement) => {
    write(2);
    const ledger = openLedger(folder, '0.1.0');
    const database: unknown = Reflect.get(ledger, 'database');
    if (!(database instanceof Database)) throw new Error('no database');
    expect(() => database.exec(statement)).toThrow(/entries are/);
    ledger.close();
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 3 });
  });

  it('has each acknowledged entry in its own file, not only in the write-ahead file', () => {
    const ledger = openLedger(folder, '0.1.0');
    ledger.append({ kind: 'run-cancelled', case: '2026-0001', payload: {} });
    const copy = mkdtempSync(join(tmpdir(), 'lethe-copy-'));
    cpSync(file, join(copy, 'ledger.sqlite'));
    expect(verifyLedger(copy)).toMatchObject({ ok: true, entries: 2 });
    rmSync(copy, { recursive: true });
    ledger.close();
  });

  it('takes no more entries after a write failed, until it is opened again', () => {
    write(0);
    const ledger = openLedger(folder, '0.1.0');
    const blocker = new Database(file, { timeout: 0 });
    blocker.exec('BEGIN IMMEDIATE');
    const append = (): Entry =>
      ledger.append({ kind: 'run-cancelled', case: '2026-0001', payload: {} });
    expect(append).toThrow(/could not be used/);
    blocker.close();
    expect(append).toThrow(/takes no more entries/);
    ledger.close();
    write(1);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 2 });
  });
});

describe('one writer', () => {
  it('is told when another is at work, in another process', async () => {
    const child = fork(new URL('hold-ledger.ts', import.meta.url), [folder]);
    await once(child, 'message');
    expect(() => openLedger(folder, '0.1.0')).toThrow(/Another Lethe is at work on this ledger/);
    expect(readLedger(folder).writerAtWork).toBe(true);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 2 });

    child.kill('SIGKILL');
    await once(child, 'exit');
    openLedger(folder, '0.1.0').close();
  });

  it('is told when another is at work in the same process', () => {
    const ledger = openLedger(folder, '0.1.0');
    expect(() => openLedger(folder, '0.1.0')).toThrow(/Another Lethe/);
    ledger.close();
    openLedger(folder, '0.1.0').close();
  });
});

describe('reading', () => {
  it('changes nothing and leaves nothing behind', () => {
    write(2);
    const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]);
    const bytes = readFileSync(file);
    read();
    verifyLedger(folder);
    expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs])).toEqual(
      before,
    );
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('says so when there is no ledger', () => {
    expect(() => readLedger(folder)).toThrow(`There is no ledger in ${folder}.`);
    expect(verifyLedger(folder)).toMatchObject({ ok: false, entry: null });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is text', Buffer.from('not a database')],
    ['is random', Buffer.alloc(8192, 0x5a)],
  ])('names a file that %s as no ledger', (_, bytes) => {
    writeFileSync(file, bytes);
    expect(verifyLedger(folder)).toMatchObject({ ok: false, entry: null });
    expect(() => readLedger(folder)).toThrow();
  });

  it('refuses to write to a database of someone else, and leaves it alone', () => {
    const database = new Database(file);
    database.exec('CREATE TABLE recipes (name TEXT)');
    database.close();
    const bytes = readFileSync(file);
    expect(() => openLedger(folder, '0.1.0')).toThrow(/not a ledger of Lethe/);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(existsSync(join(folder, 'keys'))).toBe(false);
  });
});

describe('verifying', () => {
  const fields = ['time', 'kind', 'case_id', 'payload', 'previous', 'hash', 'signature'];

  it.each(fields)('names the entry whose %s was changed', (field) => {
    write(4);
    const other: Record<string, string> = {
      time: "'2020-01-01T00:00:00.000Z'",
      kind: "'run-cancelled'",
      case_id: "'2026-0009'",
      payload: `'{"problem":"cancelled"}'`,
      previous: '(SELECT hash FROM entry WHERE sequence = 1)',
      hash: '(SELECT hash FROM entry WHERE sequence = 1)',
      signature: '(SELECT signature FROM entry WHERE sequence = 1)',
    };
    tamper(`UPDATE entry SET ${field} = ${other[field]} WHERE sequence = 3`);
    const report = verifyLedger(folder);
    expect(report).toMatchObject({ ok: false, entry: 3 });
  });

  it('finds an entry that was changed and hashed anew, with all that follow', () => {
    write(4);
    let previous = read()[1].hash;
    const changed = read()
      .slice(2)
      .map((entry) => {
        const forged = { ...entry, previous, payload: { problem: 'internal' } };
        previous = entryHash(forged, canonicalJson(forged.payload));
        return `UPDATE entry SET payload = '${canonicalJson(forged.payload)}', previous = '${forged.previous}',
          hash = '${previous}' WHERE sequence = ${String(entry.sequence)};`;
      });
    tamper(changed.join('\n'));
    expect(verifyLedger(folder)).toEqual({
      ok: false,
      entry: 3,
      sentence:
        "Entry 3 was not written by the holder of the ledger's key: its signature is wrong.",
    });
  });

  it('names an entry that is missing', () => {
    write(4);
    tamper('DELETE FROM entry WHERE sequence = 3');
    expect(verifyLedger(folder)).toEqual({
      ok: false,
      entry: 3,
      sentence: 'Entry 3 is missing: the next one is entry 4.',
    });
  });

  it('finds an entry from another history of the same ledger', () => {
    const fail = (problem: string): void => {
      const ledger = openLedger(folder, '0.1.0');
      ledger.append({ kind: 'run-failed', case: '2026-0009', payload: { problem } });
      ledger.close();
    };
    write(1);
    const fork = readFileSync(file);
    fail('internal');
    const other = readFileSync(file);
    writeFileSync(file, fork);
    fail('disk-failed');
    fail('disk-failed');
    const path = join(folder, 'other.sqlite');
    writeFileSync(path, other);
    tamper(`ATTACH '${path}' AS other; DELETE FROM entry WHERE sequence = 3;
      INSERT INTO entry SELECT * FROM other.entry WHERE sequence = 3;`);
    expect(verifyLedger(folder)).toEqual({
      ok: false,
      entry: 4,
      sentence: 'Entry 4 does not follow from the one before it, which was changed or replaced.',
    });
  });

  it('finds an index that no longer tells which case an entry belongs to', () => {
    write(4);
    const bytes = readFileSync(file);
    const inIndex = /2026-0003(?!\{)/.exec(bytes.toString('latin1'));
    bytes.write('2026-0009', inIndex?.index ?? 0);
    writeFileSync(file, bytes);
    const report = verifyLedger(folder);
    if (report.ok) expect.fail('verified');
    expect(report.entry).toBeNull();
    expect(report.sentence).toMatch(/^All entries are whole, but the file around them is damaged/);
  });

  it('finds two entries that changed places', () => {
    write(4);
    tamper(`UPDATE entry SET sequence = -1 WHERE sequence = 3;
      UPDATE entry SET sequence = 3 WHERE sequence = 4;
      UPDATE entry SET sequence = 4 WHERE sequence = -1;`);
    expect(verifyLedger(folder)).toMatchObject({ ok: false, entry: 3 });
  });

  it('finds content that says the same in other bytes', () => {
    write(2);
    tamper(`UPDATE entry SET payload = '{"problem": "out-of-memory"}' WHERE sequence = 2`);
    expect(verifyLedger(folder)).toEqual({
      ok: false,
      entry: 2,
      sentence: 'Entry 2 was changed after it was written: its content no longer gives its hash.',
    });
  });

  it('finds that the triggers are gone', () => {
    write(1);
    const database = new Database(file);
    database.exec('DROP TRIGGER entry_not_changed');
    database.close();
    expect(verifyLedger(folder)).toMatchObject({ ok: false, entry: null });
    expect(() => openLedger(folder, '0.1.0')).toThrow(/triggers/);
  });

  it('adds nothing without its key, and verifies all the same', () => {
    write(1);
    rmSync(join(folder, 'keys'), { recursive: true });
    expect(() => openLedger(folder, '0.1.0')).toThrow(/key is missing/);
    expect(verifyLedger(folder)).toMatchObject({ ok: true, entries: 2, protection: null });
  });

  it("refuses another ledger's key", () => {
    write(1);
    const other = mkdtempSync(join(tmpdir(), 'lethe-ledger-'));
    openLedger(other, '0.1.0').close();
    const [name] = readdirSync(join(folder, 'keys'));
    const [othersName] = readdirSync(join(other, 'keys'));
    cpSync(join(other, 'keys', othersName), join(folder, 'keys', name));
    expect(() => openLedger(folder, '0.1.0')).toThrow(/key is missing from .*, or not as Lethe/);
    rmSync(other, { recursive: true });
  });

  /** Every copy of the ledger with one bit of `path` flipped at one of the offsets. */
  function* flips(path: string, offsets: Iterable<number>): Generator<number> {
    const bytes = readFileSync(path);
    for (const offset of offsets) {
      const flipped = Buffer.from(bytes);
      flipped[offset] ^= 1 << (offset % 8);
      writeFileSync(path, flipped);
      yield offset;
    }
    writeFileSync(path, bytes);
  }

  it('detects every flipped byte of an entry', () => {
    // Few enough for one page: when SQLite splits a page, it leaves stale copies of entries in free space.
    write(3);
    const entry = read()[2];
    const content = [
      entry.time,
      entry.kind,
      entry.case,
      canonicalJson(entry.payload),
      entry.previous,
      entry.hash,
      entry.signature,
    ].join('');
    const start = readFileSync(file).indexOf(content);
    expect(start).toBeGreaterThan(0);
    for (const offset of flips(file, range(start, start + content.length, 1))) {
      const report = verifyLedger(folder);
      expect(report, `byte ${String(offset)}`).toMatchObject({ ok: false });
      if (!report.ok) expect(report.sentence).toMatch(/^.+\.$/);
    }
  }, 60_000);

  it('detects a flipped byte anywhere in the file, or reads the very same entries', () => {
    write(20);
    const size = statSync(file).size;
    const original = read();
    let harmless = 0;
    const offsets = [...range(0, 120, 1), ...range(120, size, 89)];
    for (const offset of flips(file, offsets)) {
      if (!verifyLedger(folder).ok) continue;
      expect(read(), `byte ${String(offset)}`).toEqual(original);
      harmless++;
    }
    expect(harmless).toBeLessThan(offsets.length);
  }, 60_000);

  it('loses to a flipped byte of the write-ahead file at most what the main file does not hold', () => {
    write(3);
    const inMainFile = read();
    const ledger = openLedger(folder, '0.1.0');
    const reader = new Database(file, { readonly: true });
    const rows = reader.prepare('SELECT * FROM entry').iterate();
    rows.next();
    ledger.append({ kind: 'run-cancelled', case: '2026-0004', payload: {} });
    ledger.append({ kind: 'run-cancelled', case: '2026-0005', payload: {} });
    const all = [...ledger.entries()];

    const killed = mkdtempSync(join(tmpdir(), 'lethe-killed-'));
    const wal = join(killed, 'ledger.sqlite-wal');
    cpSync(file, join(killed, 'ledger.sqlite'));
    cpSync(`${file}-wal`, wal);
    rows.return?.();
    reader.close();
    ledger.close();

    expect(verifyLedger(killed)).toMatchObject({ ok: true, entries: all.length });
    for (const offset of flips(wal, range(0, statSync(wal).size, 211))) {
      rmSync(join(killed, 'ledger.sqlite-shm'), { force: true });
      const report = verifyLedger(killed);
      if (!report.ok) continue;
      expect(report.entries, `byte ${String(offset)}`).toBeGreaterThanOrEqual(inMainFile.length);
      expect(report.head).toBe(all[report.entries - 1].hash);
    }
    rmSync(killed, { recursive: true });
  }, 60_000);
});

function range(start: number, end: number, step: number): number[] {
  return Array.from(
    { length: Math.ceil((end - start) / step) },
    (_, place) => start + place * step,
  );
}
