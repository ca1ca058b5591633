import type Database from 'better-sqlite3';
import { entriesOf, entryAt } from './entries.ts';
import type { Entry } from './entry.ts';
import { LedgerFault } from './ledger-fault.ts';
import { fingerprintOf } from './signing.ts';

/*
 * A ledger signs with one key after the other: each names the next one and is destroyed. So whoever steals a key can sign
 * what is to come, and nothing from before.
 */

/** Which ledger this is. */
export interface LedgerIdentity {
  /** Random, made with the ledger: 32 hexadecimal digits. */
  readonly origin: string;
  /** The first key, which all others follow from: Ed25519, 32 bytes as hexadecimal digits. */
  readonly publicKey: string;
  /** SHA-256 of the first key's 32 bytes. */
  readonly fingerprint: string;
}

/** A key of a ledger, and what it signs. */
export interface LedgerKey {
  readonly publicKey: string;
  /** Sequences of the first and the last entry that it signs; the current key has no last one. */
  readonly from: number;
  readonly to: number | null;
  /** When the entry was made that it came into force with: by this machine's clock. */
  readonly since: string;
}

export function identityOf(database: Database.Database): LedgerIdentity {
  const { origin, publicKey } = openingOf(database).payload;
  return { origin, publicKey, fingerprint: fingerprintOf(publicKey) };
}

/** All keys, the first one first. What a reader is told of them is verified only where the ledger is. */
export function keysOf(database: Database.Database): LedgerKey[] {
  const opening = openingOf(database);
  const keys: LedgerKey[] = [
    { publicKey: opening.payload.publicKey, from: 1, to: null, since: opening.time },
  ];
  for (const { entry } of entriesOf(database, { kind: 'key-replaced' })) {
    if (entry.kind !== 'key-replaced') continue;
    const { sequence, time, payload } = entry;
    keys[keys.length - 1] = { ...keys[keys.length - 1], to: sequence };
    keys.push({ publicKey: payload.publicKey, from: sequence + 1, to: null, since: time });
  }
  return keys;
}

/** The key that a checkpoint over the first `size` entries is signed with. */
export function keyForCheckpoint(keys: readonly LedgerKey[], size: number): LedgerKey | null {
  // When a key replaces another, the new one signs the checkpoint over the entry that names it.
  return keys.findLast(({ from }) => from <= size + 1) ?? null;
}

function openingOf(database: Database.Database): Extract<Entry, { kind: 'ledger-opened' }> {
  const first = entryAt(database, 1);
  if (first?.entry.kind !== 'ledger-opened') {
    throw new LedgerFault(1, 'Entry 1, which names the ledger and its key, is missing.');
  }
  return first.entry;
}
