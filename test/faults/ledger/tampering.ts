import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../../app/ledger/entry.ts';
import { unprotected } from '../../../app/ledger/key-protection.ts';
import { openKeyStore } from '../../../app/ledger/key-store.ts';
import { readLedger, verifyLedger, type LedgerReport } from '../../../app/ledger/ledger.ts';
import type { Signer } from '../../../app/ledger/signing.ts';
import { forge } from './forger.ts';
import { checkpointOf, entriesIn, inFolder, tamper, withCopy, writeDays } from './ledgers.ts';
import { Tally, type Outcome } from './outcome.ts';

/** Changes to the files of a ledger that is closed, by someone who is not Lethe. */

export interface Extent {
  /** Entries of cases on each day of the ledger that is tampered with. */
  readonly days: readonly number[];
  /** Bytes flipped in each page. */
  readonly flipsPerPage: number;
}

export function tamperWith({ days, flipsPerPage }: Extent): Outcome[] {
  return inFolder((parent) => {
    const folder = join(parent, 'ledger');
    const older: string[] = [];
    writeDays(folder, days, (day) => {
      const copy = join(parent, `after-day-${String(day)}`);
      cpSync(folder, copy, { recursive: true });
      older.push(copy);
    });
    return [
      flipBytes(folder, flipsPerPage, true),
      flipBytes(folder, flipsPerPage, false),
      changeFields(folder),
      changeAndRehash(folder),
      changeCheckpointAndTree(folder),
      cutTail(folder, false),
      cutTail(folder, true),
      putBackOlder(folder, older),
      resignEarlier(folder),
      resignCurrent(folder),
      beginAnew(folder),
    ];
  });
}

/** A byte in each page, several times. @param sealed whether Lethe closed the ledger */
function flipBytes(folder: string, flipsPerPage: number, sealed: boolean): Outcome {
  const tally = new Tally(
    sealed ? 'a byte flipped in every page' : 'the same, and the seal taken away',
  );
  const original = entriesIn(folder);
  withCopy(folder, (copy) => {
    const file = join(copy, 'ledger.sqlite');
    if (!sealed) rmSync(join(copy, 'ledger.seal'));
    const bytes = readFileSync(file);
    const pageSize = bytes.readUInt16BE(16);
    for (let page = 0; page < bytes.length; page += pageSize) {
      for (let flip = 0; flip < flipsPerPage; flip++) {
        const at = page + Math.floor(((flip + Math.random()) * pageSize) / flipsPerPage);
        const flipped = Buffer.from(bytes);
        flipped[at] ^= 1 << Math.floor(Math.random() * 8);
        writeFileSync(file, flipped);
        const report = verifyLedger(copy);
        if (!report.ok) tally.found(report.entry !== null);
        else if (!sealed && isSame(entriesIn(copy), original)) tally.harmless();
        else tally.missed();
      }
    }
  });
  return tally.outcome();
}

/** Every field of every entry, to something that could stand there. */
function changeFields(folder: string): Outcome {
  const tally = new Tally('every field of every entry changed');
  const entries = entriesIn(folder);
  const elsewhere = entries.length + 7;
  for (const { sequence, kind } of entries) {
    const other = sequence === 1 ? 2 : 1;
    const from = (field: string): string =>
      `(SELECT ${field} FROM entry WHERE sequence = ${String(other)})`;
    const fields = {
      sequence: String(elsewhere),
      time: "'2020-01-01T00:00:00.000Z'",
      kind: kind === 'run-cancelled' ? "'run-interrupted'" : "'run-cancelled'",
      case_id: "'2020-0009'",
      payload:
        kind === 'run-failed' ? `'{"problem":"cancelled"}'` : `'{"problem":"out-of-memory"}'`,
      previous: from('hash'),
      hash: from('hash'),
      signature: from('signature'),
    };
    for (const [field, value] of Object.entries(fields)) {
      // The first entry's hash is what the second one names already.
      const isSameValue = field === 'previous' && sequence === 2;
      const to = isSameValue ? `'${'0'.repeat(64)}'` : value;
      withCopy(folder, (copy) => {
        tamper(copy, (database) => {
          database.exec(`UPDATE entry SET ${field} = ${to} WHERE sequence = ${String(sequence)}`);
        });
        const report = verifyLedger(copy);
        // The last entry, moved away, is bad where it stands now.
        const bad = field === 'sequence' && sequence === entries.length ? elsewhere : sequence;
        take(tally, report, bad);
      });
    }
  }
  return tally.outcome();
}

/** Every entry changed, with all hashes after it and the tree made anew, but no key. */
function changeAndRehash(folder: string): Outcome {
  const tally = new Tally('every entry changed, all hashes and the tree made anew');
  const { origin } = identityIn(folder);
  const entries = entriesIn(folder);
  for (const { sequence } of entries) {
    withCopy(folder, (copy) => {
      forge(copy, origin, { entries: changed(entries, sequence) });
      take(tally, verifyLedger(copy), sequence);
    });
  }
  return tally.outcome();
}

/** What Lethe keeps besides the entries. */
function changeCheckpointAndTree(folder: string): Outcome {
  const tally = new Tally('the tree and the checkpoint changed');
  const harms = [
    'DELETE FROM checkpoint',
    "UPDATE checkpoint SET note = replace(note, 'lethe-ledger', 'other-ledger')",
    "UPDATE checkpoint SET note = replace(note, char(10) || (SELECT max(sequence) FROM entry), char(10) || '1')",
    'UPDATE checkpoint SET note = substr(note, 1, length(note) - 3) || char(10)',
    "UPDATE checkpoint SET note = note || '— witness AAAAAAA='",
    'DELETE FROM node WHERE place = (SELECT max(place) FROM node)',
    'INSERT INTO node VALUES ((SELECT max(place) + 1 FROM node), zeroblob(32))',
  ];
  const nodes = 2 * entriesIn(folder).length;
  for (let place = 0; place < nodes - 8; place++) {
    harms.push(`UPDATE node SET hash = zeroblob(32) WHERE place = ${String(place)}`);
  }
  for (const harm of harms) {
    withCopy(folder, (copy) => {
      tamper(copy, (database) => {
        database.exec(harm);
      });
      const report = verifyLedger(copy);
      if (report.ok) tally.missed();
      else tally.found(report.entry !== null);
    });
  }
  return tally.outcome();
}

/** The end cut off at every length. @param withTree whether nodes and checkpoint are cut, too */
function cutTail(folder: string, withTree: boolean): Outcome {
  const tally = new Tally(
    withTree ? 'the same, the tree cut and the checkpoint gone' : 'the tail cut at every length',
  );
  for (let kept = 1; kept < entriesIn(folder).length; kept++) {
    withCopy(folder, (copy) => {
      tamper(copy, (database) => {
        database.exec(`DELETE FROM entry WHERE sequence > ${String(kept)}`);
        if (withTree) database.exec('DELETE FROM checkpoint');
      });
      const report = verifyLedger(copy);
      if (report.ok) tally.missed();
      else tally.found(report.entry === kept + 1);
    });
  }
  return tally.outcome();
}

/** Files of the ledger as they were at the end of each day before, seal and key included. */
function putBackOlder(folder: string, older: readonly string[]): Outcome {
  const tally = new Tally('an older file put back, seal and all');
  const checkpoint = checkpointOf(folder);
  for (const old of older.slice(0, -1)) {
    if (!verifyLedger(old).ok) tally.missed();
    else takeByCheckpoint(tally, verifyLedger(old, checkpoint), entriesIn(old).length + 1);
  }
  return tally.outcome();
}

/** An entry of each earlier key changed, and everything from there signed with the current key. */
function resignEarlier(folder: string): Outcome {
  const tally = new Tally("re-signed with the stolen key, from an earlier key's time");
  const { origin } = identityIn(folder);
  const signer = stolenKey(folder);
  const entries = entriesIn(folder);
  const since = currentKeySince(folder);
  for (let sequence = 2; sequence < since; sequence++) {
    withCopy(folder, (copy) => {
      forge(copy, origin, {
        entries: changed(entries, sequence),
        signer,
        checkpointSigner: signer,
      });
      take(tally, verifyLedger(copy), sequence);
    });
  }
  return tally.outcome();
}

/** An entry of the current key's time changed, and everything from there signed with it. */
function resignCurrent(folder: string): Outcome {
  const tally = new Tally("re-signed with the stolen key, in that key's own time");
  const { origin } = identityIn(folder);
  const signer = stolenKey(folder);
  const entries = entriesIn(folder);
  const checkpoint = checkpointOf(folder);
  for (let sequence = currentKeySince(folder); sequence <= entries.length; sequence++) {
    withCopy(folder, (copy) => {
      forge(copy, origin, {
        entries: changed(entries, sequence),
        signer,
        checkpointSigner: signer,
      });
      if (verifyLedger(copy).ok) takeByCheckpoint(tally, verifyLedger(copy, checkpoint), sequence);
      else tally.missed();
    });
  }
  return tally.outcome();
}

/** Another ledger with the same origin, whose first key is the stolen one. */
function beginAnew(folder: string): Outcome {
  const tally = new Tally('begun anew with the stolen key as the first one');
  const { origin } = identityIn(folder);
  const signer = stolenKey(folder);
  const checkpoint = checkpointOf(folder);
  const { publicKey } = signer;
  const entries = entriesIn(folder)
    .filter(({ kind }) => kind !== 'key-replaced')
    .map((entry) =>
      entry.kind === 'ledger-opened'
        ? { ...entry, payload: { ...entry.payload, publicKey } }
        : entry,
    );
  withCopy(folder, (copy) => {
    forge(copy, origin, { entries, signer, checkpointSigner: signer });
    if (verifyLedger(copy).ok) takeByCheckpoint(tally, verifyLedger(copy, checkpoint), null);
    else tally.missed();
  });
  return tally.outcome();
}

/** Entries with one of them changed in what it says. */
function changed(entries: readonly Entry[], sequence: number): Entry[] {
  return entries.map((entry) =>
    entry.sequence === sequence ? { ...entry, time: '2020-01-01T00:00:00.000Z' } : entry,
  );
}

function take(tally: Tally, report: LedgerReport, bad: number): void {
  if (report.ok) tally.missed();
  else tally.found(report.entry === bad);
}

/** @param bad the first bad entry, where it can be known */
function takeByCheckpoint(tally: Tally, report: LedgerReport, bad: number | null): void {
  if (report.ok) tally.missed();
  else tally.foundByCheckpoint(bad !== null && report.entry === bad);
}

function identityIn(folder: string): { origin: string } {
  const reader = readLedger(folder);
  reader.close();
  return reader.identity;
}

function currentKeySince(folder: string): number {
  const reader = readLedger(folder);
  const keys = reader.keys();
  reader.close();
  return keys[keys.length - 1].from;
}

function stolenKey(folder: string): Signer {
  const reader = readLedger(folder);
  const keys = reader.keys();
  reader.close();
  return openKeyStore(folder, unprotected).signer(keys[keys.length - 1].publicKey);
}

function isSame(some: readonly Entry[], others: readonly Entry[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
